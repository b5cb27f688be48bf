import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DeployedModel, encodeWav, predictClips, resample } from 'antitransfer';
import { paths } from 'antitransfer/runs';
import { Random } from 'onnx-autograd/random';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actions } from '../src/actions/registry.js';
import { type RunningStudio, startStudio } from '../src/index.js';
import type { HeardView, ModelsView } from '../src/views/try.js';
import { asUser, browserPath, expectNothingHeard, launchSpeaking, openStudio } from './speaking-browser.js';
import { compareSpoken, RATE, type SpokenComparison, sayAll, words } from './spoken-comparison.js';

const bin = fileURLToPath(new URL('../../antitransfer/bin/antitransfer.js', import.meta.url));
/** Surest of what is said in the recording. */
const model = 'cka-seed-1';

let spoken: SpokenComparison;
let studio: RunningStudio;
let keep: string;
/** Eight words with pauses between, at several rates. */
const recordings = new Map<number, string>();
let silence: string;
/** What the library says of the recording at 8 kHz. */
let predicted: { readonly start: number; readonly label: string | undefined }[];

beforeAll(async () => {
  spoken = await compareSpoken({ taps: ['conv4_2'], readers: ['linear'] });
  keep = join(spoken.root, 'kept');
  studio = await startStudio({ folders: [spoken.folder], cache: spoken.cache, keep });
  const folder = join(spoken.root, 'spoken to');
  await mkdir(folder);
  const all = sayAll(words, 0.6, new Random(6));
  for (const rate of [8000, 16_000, 48_000]) {
    const path = join(folder, `${rate}.wav`);
    await writeFile(path, encodeWav(await resample(all, RATE, rate), rate));
    recordings.set(rate, path);
  }
  silence = join(folder, 'silence.wav');
  await writeFile(silence, encodeWav(new Float32Array(3 * RATE), RATE));
  const deployed = await DeployedModel.open(paths.model(spoken.folder, 'cka', { seed: 1 }));
  const path = recordings.get(8000) ?? '';
  const { predictions } = await predictClips(deployed, [{ id: path, path, labels: {} }], { sounds: {} });
  predicted = predictions.flatMap(({ windows }) => windows.map(({ start, label }) => ({ start, label })));
  await deployed.close();
}, 300_000);
afterAll(async () => {
  await studio?.close();
  await spoken?.remove();
});

interface Refusal {
  readonly message: string;
}

const bytesOf = async (path: string) => new Uint8Array(await readFile(path));

describe('a recording that is sent', () => {
  it('is answered by each model as by predict', async () => {
    const ask = await asUser(studio);
    const { models, chosen } = (await ask<ModelsView>('runs/spoken/models')).view;
    expect(models.map(({ id }) => id)).toEqual([
      'no-transfer-seed-1',
      'no-transfer-seed-2',
      'cka-seed-1',
      'cka-seed-2',
    ]);
    expect(chosen).toEqual(['no-transfer-seed-1', 'cka-seed-1']);
    const body = await bytesOf(recordings.get(8000) ?? '');
    const path = `runs/spoken/hear?models=${chosen.join(',')}`;
    const { answers } = (await ask<HeardView>(path, { method: 'POST', body })).view;
    expect(answers.map((answer) => answer.model)).toEqual(chosen);
    expect(answers[1]?.sounds.map(({ start, label }) => ({ start, label }))).toEqual(predicted);
    expect(predicted.map(({ label }) => label)).toEqual(words);
    expect(answers[0]?.sounds).toHaveLength(words.length);
  });

  it('is none where there is nothing to hear, and said to be none where it is no sound', async () => {
    const ask = await asUser(studio);
    const hear = async (body: Uint8Array | string) =>
      (await ask<HeardView>(`runs/spoken/hear?models=${model}`, { method: 'POST', body })).view.answers;
    expect(await hear(await bytesOf(silence))).toMatchObject([{ model, sounds: [] }]);
    const problemOf = (text: string) => [{ sounds: [], problem: expect.stringContaining(text) }];
    expect(await hear('no sound')).toMatchObject(problemOf('none of the supported formats'));
    expect(await hear('')).toMatchObject(problemOf('no bytes'));
    // What was said in one channel and, upside down, in the other.
    const [header, samples] = [Buffer.from(encodeWav(new Float32Array(2 * RATE), RATE)), 2 * RATE];
    header.writeUInt16LE(2, 22);
    header.writeUInt32LE(4 * RATE, 28);
    header.writeUInt16LE(4, 32);
    for (let at = 0; at < samples; at++)
      header.writeInt16LE((at % 2 === 0 ? 1 : -1) * Math.round(9000 * Math.sin(at >> 1)), 44 + 2 * at);
    expect(await hear(header)).toMatchObject(problemOf('Save one of its channels'));
    expect(JSON.stringify(await hear(header))).not.toContain('features.channel');
  });

  it('is refused where a model is not the comparison’s, whatever its name', async () => {
    const ask = await asUser(studio);
    for (const name of ['other', '../spoken/models/no-transfer-seed-1', '%2e%2e%2fx', '<img onerror>']) {
      const path = `runs/spoken/hear?${new URLSearchParams({ models: name })}`;
      const response = await ask(path, { method: 'POST', body: 'x' });
      expect([name, response.status]).toEqual([name, 404]);
    }
    expect((await ask('runs/spoken/hear', { method: 'POST', body: 'x' })).status).toBe(422);
  });
});

describe('a recording that is kept', () => {
  it('is a clip of a table that evaluate reads, with its labels', async () => {
    const ask = await asUser(studio);
    const body = await bytesOf(recordings.get(16_000) ?? '');
    for (const [at, label] of words.slice(0, 3).entries()) {
      const { start = 0 } = predicted[at] ?? {};
      const labels = JSON.stringify({ word: label, ...(at > 0 && { speaker: 'me, "myself"' }) });
      const query = new URLSearchParams({ labels, start: String(start), end: String(start + 0.33) });
      const kept = await ask(`runs/spoken/keep?${query}`, { method: 'POST', body });
      expect(kept.view).toMatchObject({ table: join(keep, 'word.csv'), clips: at + 1 });
    }
    expect((await readdir(join(keep, 'word'))).sort()).toEqual(['do-fa-1.wav', 'do-mi-1.wav', 'do-re-1.wav']);
    const path = paths.model(spoken.folder, 'cka', { seed: 1 });
    const asked = ['evaluate', path, '--data', join(keep, 'word.csv'), '--by', 'speaker', '--json'];
    const { stdout } = await promisify(execFile)(process.execPath, [bin, ...asked]);
    const scores = JSON.parse(stdout);
    expect(scores.clips).toBe(3);
    expect(scores.accuracy).toBe(1);
    expect(scores.by.groups.map(({ group }: { group: string }) => group)).toContain('me, "myself"');
  });

  it('is refused with labels that the comparison does not know, and by a studio that keeps none', async () => {
    const ask = await asUser(studio);
    const body = await bytesOf(recordings.get(8000) ?? '');
    const refusal = async (labels: unknown) => {
      const query = new URLSearchParams({ labels: JSON.stringify(labels) });
      const path = `runs/spoken/keep?${query}`;
      const { status, view } = await ask<Refusal>(path, { method: 'POST', body });
      return [status, view.message];
    };
    expect(await refusal({ word: 'other' })).toEqual([422, expect.stringContaining('got "other"')]);
    expect(await refusal({ word: 'do-re', path: '../x' })).toEqual([422, expect.stringContaining('"path"')]);
    expect(await refusal('do-re')).toEqual([422, expect.stringContaining('text, a column each')]);
    const other = await startStudio({ folders: [spoken.folder], cache: spoken.cache });
    try {
      const query = new URLSearchParams({ labels: JSON.stringify({ word: 'do-re' }) });
      const path = `runs/spoken/keep?${query}`;
      const { status, view } = await (await asUser(other))<Refusal>(path, { method: 'POST', body });
      expect(status).toBe(422);
      expect(view.message).toContain('--keep FOLDER');
    } finally {
      await other.close();
    }
  });
});

describe.each(actions)('the action $path', ({ path }) => {
  it('does nothing for a foreign page, a foreign host, or who does not know the token', async () => {
    const { origin, host } = new URL(studio.url);
    const ask = await asUser(studio);
    const at = path.replace(':run', 'spoken');
    const send = async (headers: Record<string, string>) =>
      (await ask(at, { method: 'POST', body: 'x', headers })).status;
    expect(await send({ origin: 'https://evil.example' })).toBe(403);
    expect(await send({ origin: 'null' })).toBe(403);
    expect(await send({ origin: `http://evil.example:${new URL(studio.url).port}` })).toBe(403);
    expect(await send({ 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await send({ cookie: '' })).toBe(401);
    expect((await ask(at, { headers: { origin } })).status).toBe(404);
    expect(host).toContain('127.0.0.1');
    const tooLong = new Uint8Array(11 * 1024 * 1024);
    expect((await ask(at, { method: 'POST', body: tooLong })).status).toBe(413);
  });
});

/** What the page shows of one model, the first sound first. */
async function heardOn(page: Page): Promise<string[]> {
  const said = await page.locator(`.answer[data-model="${model}"] .said`).allTextContents();
  return said.map((text) => text.replace(/[<>]? ?\d+%$/, '').trim()).toReversed();
}

describe.skipIf(browserPath === undefined)('the page', () => {
  it.each([8000, 16_000, 48_000])(
    'hears eight words from a microphone at %i Hz as predict does, and nothing between them',
    async (rate) => {
      const browser = await launchSpeaking(recordings.get(rate));
      try {
        const { page, complaints } = await openStudio(browser, studio, `#/runs/spoken/try?models=${model}`);
        // What speaks begins when the microphone is opened; the browser has its own rate.
        await page.getByRole('button', { name: 'Listen' }).click();
        await expect.poll(() => heardOn(page), { timeout: 60_000 }).toHaveLength(words.length);
        await page.waitForTimeout(1500);
        expect(await heardOn(page)).toEqual(predicted.map(({ label }) => label ?? 'unsure'));
        await page.getByRole('button', { name: 'Stop listening' }).click();
        await page.getByRole('button', { name: 'Listen', exact: true }).waitFor();
        expect(complaints).toEqual([]);
      } finally {
        await browser.close();
      }
    },
    120_000,
  );

  it('says nothing of silence, and does not freeze', async () => {
    const browser = await launchSpeaking(silence);
    try {
      const { page, complaints } = await openStudio(browser, studio, '#/runs/spoken/try');
      await expectNothingHeard(page);
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  }, 60_000);

  it('takes a file, shows every chosen model, asks one that is chosen later, and keeps a sound', async () => {
    const browser = await launchSpeaking();
    try {
      const { page, complaints } = await openStudio(browser, studio, '#/runs/spoken/try', 390);
      await page.getByLabel('or choose a recording').setInputFiles([silence, recordings.get(48_000) ?? '']);
      await page.getByText('Nothing heard.').waitFor();
      await expect.poll(() => heardOn(page)).toHaveLength(words.length);
      await expect
        .poll(() => page.locator('.answer[data-model="no-transfer-seed-1"] .said').count())
        .toBe(words.length);
      await page.getByRole('group', { name: 'CKA' }).getByLabel('seed 2').check();
      await expect
        .poll(() => page.locator('.answer[data-model="cka-seed-2"] .said').count())
        .toBe(words.length);
      expect(page.url()).toContain('cka-seed-2');
      const sound = page.locator('.sound').last();
      await sound.getByLabel('It was the word').selectOption('mi-fa');
      await sound.getByRole('button', { name: 'Keep' }).click();
      await sound.getByText(/Kept as .*mi-fa-1.wav/).waitFor();
      await sound.getByText(/npx antitransfer evaluate/).waitFor();
      const html = page.locator('html');
      expect(await html.evaluate((root: { scrollWidth: number }) => root.scrollWidth)).toBe(390);
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  }, 60_000);

  it('says how many were heard where not all are shown, and begins anew when it is cleared', async () => {
    const browser = await launchSpeaking();
    try {
      const { page } = await openStudio(browser, studio, `#/runs/spoken/try?models=${model}`);
      const input = page.getByLabel('or choose a recording');
      await input.setInputFiles(Array<string>(30).fill(silence));
      await expect.poll(() => page.locator('.heard').count()).toBe(30);
      expect(await page.getByText('were heard').count()).toBe(0);
      await input.setInputFiles([...Array<string>(27).fill(silence), recordings.get(8000) ?? '']);
      await page.getByText('58 were heard; the newest 40 are shown.').waitFor();
      expect(await page.locator('.heard').count()).toBe(40);
      await page.getByText(`${words.length} sounds were heard.`).waitFor();
      await page.getByRole('button', { name: 'Clear' }).click();
      await input.setInputFiles(silence);
      await expect.poll(() => page.locator('.heard').count()).toBe(1);
      expect(await page.getByText('were heard').count()).toBe(0);
    } finally {
      await browser.close();
    }
  }, 60_000);

  it('asks as many models at once as the studio answers, and again those that it could not ask', async () => {
    const browser = await launchSpeaking();
    try {
      const { page } = await openStudio(browser, studio, '#/');
      await page.route('**/runs/spoken/models', async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, json: { ...(await response.json()), atOnce: 1 } });
      });
      const asked: string[] = [];
      page.on('request', (request) => {
        const { pathname, searchParams } = new URL(request.url());
        if (pathname.endsWith('/hear')) asked.push(searchParams.get('models') ?? '');
      });
      await page.goto(new URL('/#/runs/spoken/try', studio.url).href);
      await page.route('**/hear?*', (route) => route.abort());
      await page.getByLabel('or choose a recording').setInputFiles(recordings.get(8000) ?? '');
      await expect.poll(() => asked).toEqual(['no-transfer-seed-1', 'cka-seed-1']);
      await page.locator('.heard .problem').waitFor();
      await page.unroute('**/hear?*');
      await page.getByRole('group', { name: 'CKA' }).getByLabel('seed 1').uncheck();
      await expect
        .poll(() => page.locator('.answer[data-model="no-transfer-seed-1"] .said').count())
        .toBe(words.length);
      expect(await page.locator('.heard .problem').count()).toBe(0);
      await page.getByRole('group', { name: 'CKA' }).getByLabel('seed 1').check();
      await expect.poll(() => heardOn(page)).toHaveLength(words.length);
      expect(asked.slice(2)).toEqual(['no-transfer-seed-1', 'cka-seed-1']);
    } finally {
      await browser.close();
    }
  }, 60_000);
});
