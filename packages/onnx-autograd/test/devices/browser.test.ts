import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TrainingSession } from '../../src/sessions/node/session.js';
import { rows } from '../gradients/rows/index.js';
import { findChromium, type OpenPage, openPage, servePage } from './chromium.js';
import { expectSameTraining, wrongRows } from './compare.js';
import type { Suite } from './page/page.js';
import { sampleOfRows } from './sample.js';
import { trainOnDevice } from './train-on-device.js';

/** What the page has put into its global scope. */
declare const suite: Suite;

const chromium = findChromium();
if (chromium === undefined) {
  console.warn(
    'SKIPPED: the browser was NOT TESTED, because no Chromium was found. ' +
      'Install one (Debian: apt-get install chromium) or name it in CHROMIUM_PATH.',
  );
}

const reference = (name: string) => trainOnDevice((options) => TrainingSession.create(options), 'cpu', name);

describe.skipIf(chromium === undefined)('a page in Chromium', () => {
  let served: Awaited<ReturnType<typeof servePage>>;
  let wasm: OpenPage;
  let webgpu: OpenPage;

  beforeAll(async () => {
    served = await servePage(fileURLToPath(new URL('page', import.meta.url)));
    wasm = await openPage(served.url, chromium!);
    webgpu = await openPage(served.url, chromium!, { webgpu: true });
    for (const { page } of [wasm, webgpu]) await page.waitForFunction(() => 'suite' in globalThis);
  }, 180_000);

  afterAll(async () => {
    await wasm?.close();
    await webgpu?.close();
    await served?.close();
  });

  it('may share memory among threads', async () => {
    expect(await wasm.page.evaluate(() => suite.isolated)).toBe(true);
  });

  it('has the CPU’s gradients on WebAssembly, in every row', async () => {
    const found = await wasm.page.evaluate(
      (count) => suite.rows('wasm', [...new Array(count).keys()]),
      rows.length,
    );
    expect(await wrongRows('wasm', rows, found)).toEqual([]);
  }, 180_000);

  it.each([
    ['adam', 'worker'],
    ['sgd, nesterov, clipped', 'inline'],
  ] as const)(
    'trains on WebAssembly as the CPU does: %s, %s',
    async (name, thread) => {
      const found = await wasm.page.evaluate(([name, thread]) => suite.train('wasm', name, thread), [
        name,
        thread,
      ] as const);
      expect(found.device).toBe('wasm');
      expectSameTraining(await reference(name), found);
    },
    180_000,
  );

  it('comes to the same bits with one thread, with several, and while it is tried which are faster', async () => {
    const found = [];
    for (const threads of [1, 2, 'tried'] as const) {
      found.push(
        await wasm.page.evaluate(([name, threads]) => suite.train('wasm', name, 'worker', threads), [
          'adam, decay, clipped',
          threads,
        ] as const),
      );
    }
    const [one, two, tried] = found.map(({ threads, ...numbers }) => ({ threads, numbers }));
    expect([one?.threads, two?.threads]).toEqual([1, 2]);
    expect(two?.numbers).toEqual(one?.numbers);
    expect(tried?.numbers).toEqual(one?.numbers);
    // By now it is decided; which way is for the machine to tell.
    const cores = await wasm.page.evaluate(() => navigator.hardwareConcurrency);
    expect([1, Math.min(4, cores)]).toContain(tried?.threads);
  }, 180_000);

  it('has the CPU’s gradients on WebGPU, in a sample of the rows', async () => {
    const positions = sampleOfRows(rows);
    const found = await webgpu.page.evaluate((list) => suite.rows('webgpu', list), positions);
    const sample = positions.map((position) => rows[position]!);
    // The processor's part of this build of ONNX Runtime has no double precision.
    const missing = expect.stringMatching(/^Cast: to double: .*Provider type for Cast/s);
    expect(await wrongRows('webgpu', sample, found)).toEqual([missing]);
  }, 180_000);

  it('trains on WebGPU as the CPU does, its weights on the device', async () => {
    const name = 'adam, decay, clipped';
    const found = await webgpu.page.evaluate((name) => suite.train('webgpu', name, 'worker'), name);
    expect(found.device).toBe('webgpu');
    expectSameTraining(await reference(name), found);
  }, 180_000);

  it('takes the faster device by itself, and names what a page has not', async () => {
    // Software WebGPU is slower than WebAssembly.
    expect(await webgpu.page.evaluate(() => suite.open('auto'))).toBe('wasm');
    const message = await wasm.page.evaluate(() => suite.open('webgpu'));
    expect(message).toMatch(
      /^DeviceUnavailableError: The device "webgpu" is not available: the browser finds no/,
    );
    expect(message).toMatch(/What works here: wasm\./);
  }, 180_000);

  it('complains of nothing in its console', () => {
    expect([...wasm.complaints, ...webgpu.complaints]).toEqual([]);
  });
});
