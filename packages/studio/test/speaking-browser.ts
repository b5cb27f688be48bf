import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import type { RunningStudio } from '../src/index.js';

/** A browser to look at pages with; undefined, and said, where there is none. */
export const browserPath = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
  (path) => path !== undefined && existsSync(path),
);

if (browserPath === undefined) {
  process.stderr.write('No Chromium: nobody speaks to the studio’s pages. Name one by CHROMIUM_PATH.\n');
}

/** A browser whose microphone plays a WAV file once, and is silent then; without a file it is never opened. */
export function launchSpeaking(wav?: string): Promise<Browser> {
  return chromium.launch({
    executablePath: browserPath ?? '',
    args: [
      '--no-sandbox',
      '--autoplay-policy=no-user-gesture-required',
      ...(wav === undefined
        ? []
        : [
            '--use-fake-ui-for-media-stream',
            '--use-fake-device-for-media-stream',
            `--use-file-for-fake-audio-capture=${wav}%noloop`,
          ]),
    ],
  });
}

/** A page of the studio, its user known, and what the browser complained of. */
export async function openStudio(
  browser: Browser,
  { url }: RunningStudio,
  place: string,
  width = 1280,
  /** A script that runs before those of the page. */
  first?: string,
): Promise<{ readonly page: Page; readonly complaints: string[] }> {
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  if (first !== undefined) await page.addInitScript(first);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', ({ message }) => complaints.push(message));
  await page.goto(url);
  await page.goto(new URL(`/${place}`, url).href);
  return { page, complaints };
}

/** What the studio answered; `view` is JSON. */
export interface Answer<View> {
  readonly status: number;
  readonly view: View;
}

/** Asks the studio as its own page does. */
export async function asUser({ url }: RunningStudio) {
  const { origin } = new URL(url);
  const { headers } = await fetch(url, { redirect: 'manual' });
  const cookie = headers.get('set-cookie')?.split(';')[0] ?? '';
  return async <View>(path: string, init: RequestInit = {}): Promise<Answer<View>> => {
    const answer = await fetch(`${origin}/api/${path}`, {
      ...init,
      headers: { cookie, origin, ...init.headers },
    });
    const isJson = answer.headers.get('content-type')?.includes('json');
    return { status: answer.status, view: (isJson ? await answer.json() : await answer.text()) as View };
  };
}

/** Listens for five seconds of silence on the page Try: nothing is answered, and the page still does what it is told. */
export async function expectNothingHeard(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Listen' }).click();
  await page.getByRole('button', { name: 'Stop listening' }).waitFor();
  await page.waitForTimeout(5000);
  expect(await page.locator('.heard').count()).toBe(0);
  await page.getByRole('button', { name: 'Stop listening' }).click();
  await page.getByRole('button', { name: 'Listen', exact: true }).waitFor();
}
