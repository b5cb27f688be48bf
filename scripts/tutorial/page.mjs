import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';

/** Seconds of silence before the first word and between words. */
const BEFORE = 4;
const BETWEEN = 1;
/** How often it is said at most. */
const ATTEMPTS = 3;

const executablePath = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
  (path) => path !== undefined && existsSync(path),
);

/**
 * Serves the page by `npx vite`, opens it in a Chromium whose microphone plays eight of the recordings, and compares what it shows with
 * what `predict --windows` says of the same.
 *
 * @throws Error where they differ, or the page complains
 */
export async function speakToPage(folder, environment) {
  const expected = await record(folder, environment);
  const server = spawn('npx', ['vite'], {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  try {
    const url = await new Promise((resolve, reject) => {
      let said = '';
      server.stdout.on('data', (bytes) => {
        process.stdout.write(bytes);
        said += bytes;
        // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are such.
        const [, found] = /(http:\/\/[^\s\u001b]+)/.exec(said.replaceAll(/\u001b\[[\d;]*m/g, '')) ?? [];
        if (found !== undefined) resolve(found);
      });
      server.once('exit', (code) => reject(new Error(`"npx vite" ended with ${code}.`)));
    });
    for (let attempt = 1; ; attempt++) {
      const heard = await listenIn(url, join(folder, 'said.wav'), expected.length);
      console.log(`the page: ${heard.join(', ')}`);
      if (heard.map((line) => line.split(' ')[0]).join() === expected.join()) return;
      const difference = `The page says ${heard.join(', ')}; predict says ${expected.join(', ')}.`;
      if (attempt === ATTEMPTS) throw new Error(difference);
      console.log(`${difference} A crowded machine loses moments of what a microphone says: once more.`);
    }
  } finally {
    process.kill(-server.pid);
  }
}

/** Writes what is said to the page, and asks what the model names in it. */
async function record(folder, environment) {
  const { resolve } = createRequire(join(folder, 'index.js'));
  const library = pathToFileURL(resolve('antitransfer')).href;
  const { decodeAudioFile, encodeWav } = await import(library);
  const silence = (seconds, rate) => Array(Math.round(seconds * rate)).fill(0);
  const all = [];
  let rate = 0;
  for (let digit = 0; digit < 8; digit++) {
    const { samples, sampleRate } = await decodeAudioFile(join(folder, 'recordings', `${digit}_slt_1.wav`));
    rate = sampleRate;
    all.push(...silence(digit === 0 ? BEFORE : BETWEEN, rate), ...samples);
  }
  all.push(...silence(BETWEEN, rate));
  await writeFile(join(folder, 'said.wav'), encodeWav(Float32Array.from(all), rate));
  const args = ['antitransfer', 'predict', 'digits.onnx', 'said.wav', '--windows', '--json'];
  const { stdout } = await promisify(execFile)('npx', args, { cwd: folder, env: environment });
  const [{ windows }] = JSON.parse(stdout).predictions;
  const labels = windows.flatMap(({ label }) => label ?? []);
  console.log(`predict --windows: ${labels.join(', ')}`);
  if (labels.length === 0) throw new Error('The model names none of eight words that it was trained on.');
  return labels;
}

/** What the page shows, a line a word. */
async function listenIn(url, recording, count) {
  if (executablePath === undefined) throw new Error('There is no Chromium: name one by CHROMIUM_PATH.');
  const browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-audio-capture=${recording}%noloop`,
    ],
  });
  try {
    const page = await browser.newPage();
    const complaints = [];
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        complaints.push(message.text());
    });
    page.on('response', (answer) => {
      // The page has no icon, and its browser asks for one.
      if (!answer.ok() && !answer.url().endsWith('/favicon.ico'))
        complaints.push(`${answer.url()}: ${answer.status()}`);
    });
    await page.goto(url);
    // The model is fetched and opened first.
    await page.locator('#start:enabled').waitFor({ timeout: 120_000 });
    await page.getByRole('button', { name: 'Listen' }).click();
    const lines = page.locator('#heard li');
    await lines
      .nth(count - 1)
      .waitFor({ timeout: 45_000 })
      .catch(() => undefined);
    // What is said of the silence behind the last word would be there by then.
    await page.waitForTimeout(3000);
    if (complaints.length > 0) throw new Error(`The page complains: ${complaints.join('; ')}`);
    return await lines.allTextContents();
  } finally {
    await browser.close();
  }
}
