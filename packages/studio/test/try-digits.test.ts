import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  compare,
  DeployedModel,
  decodeAudioFile,
  encodeWav,
  predictClips,
  resample,
  resolveConfig,
} from 'antitransfer';
import { readResults } from 'antitransfer/answers';
import { paths } from 'antitransfer/runs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningStudio, startStudio } from '../src/index.js';
import { browserPath, expectNothingHeard, launchSpeaking, openStudio } from './speaking-browser.js';

/** Where the real recordings are. */
const fsdd = join(
  process.env.ANTITRANSFER_DATA ?? join(import.meta.dirname, '../../../../shared/data'),
  'fsdd',
);
const isThere = existsSync(fsdd);
if (!isThere)
  process.stderr.write(
    `SKIPPED: nobody speaks real digits to the studio, because "${fsdd}" does not exist. Set ANTITRANSFER_DATA.\n`,
  );

const RATE = 8000;
/** Seconds of silence before the first digit, while a browser opens its microphone, and between them. */
const BEFORE = 2.5;
const BETWEEN = 0.9;

/** A spoken digit as `predict` hears it. */
interface Heard {
  readonly start: number;
  readonly label: string | undefined;
}

let root: string;
let studio: RunningStudio;
let model: DeployedModel;
/** What was said, and from where to where in the recording, in seconds. */
let said: readonly string[];
let places: readonly (readonly [begin: number, end: number])[];

const recordingOf = (rate: number) => join(root, `${rate}.wav`);

describe.skipIf(browserPath === undefined || !isThere)('eight real digits', () => {
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'studio-digits-'));
    const tree = {
      name: 'digits',
      // Two of the speakers: enough to learn ten words of.
      data: { corpus: 'fsdd', path: fsdd, where: { speaker: ['jackson', 'nicolas'] } },
      target: 'digit',
      orthogonal: { column: 'speaker' },
      split: { kind: 'stratified' },
      features: { sampleRate: RATE, seconds: 0.8, bins: 128, pool: 4, hop: 256 },
      training: { epochs: 10, batch: 16, learningRate: 0.001 },
      methods: ['no-transfer'],
      seeds: 1,
      execution: { runner: 'inline', threads: 1 },
    };
    const folder = join(root, 'runs/digits');
    const cache = join(root, 'cache');
    await compare(resolveConfig(tree, 'digits'), { folder, store: join(root, 'runs/store'), cache });
    model = await DeployedModel.open(paths.model(folder, 'no-transfer', { seed: 1 }));
    const [sounds, labels] = await chooseDigits(folder);
    said = labels;
    const silence = (seconds: number) => new Float32Array(Math.round(seconds * RATE));
    const parts = [silence(BEFORE), ...sounds.flatMap((sound) => [sound, silence(BETWEEN)])];
    const all = Float32Array.from(parts.flatMap((part) => [...part]));
    let at = 0;
    places = parts.flatMap((part, i) => {
      const begin = at / RATE;
      at += part.length;
      return i % 2 === 1 ? [[begin, at / RATE] as const] : [];
    });
    for (const rate of [8000, 16_000, 48_000])
      await writeFile(recordingOf(rate), encodeWav(await resample(all, RATE, rate), rate));
    await writeFile(join(root, 'silence.wav'), encodeWav(new Float32Array(20 * RATE), RATE));
    studio = await startStudio({ folders: [join(root, 'runs')], cache });
  }, 900_000);
  afterAll(async () => {
    await studio?.close();
    await model?.close();
    if (root !== undefined) await rm(root, { recursive: true, force: true });
  });

  /** What `predict --windows` says of a recording. */
  async function predicted(path: string): Promise<Heard[]> {
    const { predictions } = await predictClips(model, [{ id: path, path, labels: {} }], { sounds: {} });
    return predictions.flatMap(({ windows }) =>
      windows
        // A recording in which nothing is heard has one of which nothing is known.
        .filter(({ probabilities }) => probabilities.length > 0)
        .map(({ start, label }) => ({ start, label })),
    );
  }

  it.each([8000, 16_000, 48_000])(
    'are named as predict names them, and nothing in the gaps, by a browser of %i Hz',
    async (rate) => {
      const expected = await predicted(recordingOf(rate));
      expect(expected.map(({ label }) => label)).toEqual(said);
      for (const [i, { start }] of expected.entries()) {
        const [begin, end] = places[i] ?? [0, 0];
        // Speakers are silent for a moment in their own recordings.
        expect(start).toBeGreaterThan(begin - 0.1);
        expect(start).toBeLessThan(end);
      }
      const browser = await launchSpeaking(recordingOf(rate));
      try {
        const { page, complaints } = await openStudio(browser, studio, '#/', 1280, audioAt(rate));
        await page.goto(new URL('/#/runs/runs%2Fdigits/try', studio.url).href);
        await page.getByRole('button', { name: 'Listen' }).click();
        const heard = page.locator('.heard');
        await expect.poll(() => heard.count(), { timeout: 60_000 }).toBe(said.length);
        // What is said of the silence behind the last would be there by then.
        await page.waitForTimeout(3000);
        expect(await page.evaluate('window.rates')).toEqual([rate]);
        // What is said, without its probability behind it.
        const labels = await page
          .locator('.answer .said')
          .evaluateAll((all) => all.map((one) => one.firstChild?.textContent ?? ''));
        expect(labels.toReversed()).toEqual(said);
        const starts = (await heard.locator('h3').allTextContents()).map((text) =>
          Number(/At ([\d.]+) s/.exec(text)?.[1]),
        );
        // The microphone may have spoken a little before it was listened to; from then on it is in step, or loses moments on a crowded
        // machine: not so many that one digit could be another.
        const late = (starts.at(-1) ?? 0) - (expected[0]?.start ?? 0);
        for (const [i, start] of starts.toReversed().entries())
          expect(Math.abs(start - late - (expected[i]?.start ?? 0))).toBeLessThan(BETWEEN / 2);
        expect(complaints).toEqual([]);
      } finally {
        await browser.close();
      }
    },
    240_000,
  );

  it.each([8000, 16_000, 48_000])(
    'are not heard where there is silence, and the page goes on, in a browser of %i Hz',
    async (rate) => {
      expect(await predicted(join(root, 'silence.wav'))).toEqual([]);
      const browser = await launchSpeaking(join(root, 'silence.wav'));
      try {
        const { page, complaints } = await openStudio(browser, studio, '#/', 1280, audioAt(rate));
        await page.goto(new URL('/#/runs/runs%2Fdigits/try', studio.url).href);
        await expectNothingHeard(page);
        expect(complaints).toEqual([]);
      } finally {
        await browser.close();
      }
    },
    120_000,
  );

  /** Of eight digits the test clip of which the model is surest when it hears it as a sound. */
  async function chooseDigits(folder: string): Promise<[sounds: Float32Array[], labels: string[]]> {
    const [run] = (await readResults(folder)).runs;
    const tested = (run?.predictions ?? []).map(({ clip, truth }) => ({ clip, truth }));
    expect(tested.length).toBeGreaterThan(50);
    const clips = tested.map(({ clip }) => ({ id: clip, path: join(fsdd, 'recordings', clip), labels: {} }));
    const { predictions } = await predictClips(model, clips, { sounds: {} });
    const surest = new Map<string, { readonly clip: string; readonly probability: number }>();
    const truths = new Map(tested.map(({ clip, truth }) => [clip, truth]));
    for (const { clip: of, windows } of predictions) {
      const [clip, truth, [sound, ...others]] = [of.id, truths.get(of.id) ?? '', windows];
      const probability = Math.max(...(sound?.probabilities ?? []));
      const isNamed = others.length === 0 && sound?.label === truth;
      if (isNamed && probability > (surest.get(truth)?.probability ?? 0))
        surest.set(truth, { clip, probability });
    }
    const chosen = [...surest].sort().slice(0, 8);
    expect(chosen).toHaveLength(8);
    const sounds = chosen.map(async ([, { clip }]) => {
      const { samples } = await decodeAudioFile(join(fsdd, 'recordings', clip));
      return samples;
    });
    return [await Promise.all(sounds), chosen.map(([digit]) => digit)];
  }
});

/** Gives the browser's audio a rate, as its device would; which contexts it was given to stands in `rates`. */
function audioAt(rate: number): string {
  return `
    window.rates = [];
    const Whole = window.AudioContext;
    window.AudioContext = class extends Whole {
      constructor(options) {
        super({ ...options, sampleRate: ${rate} });
        window.rates.push(this.sampleRate);
      }
    };`;
}
