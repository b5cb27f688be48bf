import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyGraph, Graph, Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { buildFrontEnd, type FrontEnd } from '../../../src/data/features/front-end.js';
import { FrontEndSession } from '../../../src/data/features/front-end-session.js';
import { type FrontEndName, frontEnds } from '../../../src/data/features/kinds/registry.js';
import {
  type FeatureSettings,
  featurePresets,
  featureSettings,
} from '../../../src/data/features/settings.js';
import { appendStandardisation, standardise } from '../../../src/data/features/standardise.js';
import { UserError } from '../../../src/errors.js';

interface Reference {
  readonly cases: readonly {
    readonly name: string;
    readonly settings: FeatureSettings;
    readonly shape: readonly [number, number];
    readonly step: number;
    readonly values: readonly number[];
  }[];
}

const reference: Reference = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/features-scipy.json'), 'utf8'),
);

/** Largest difference to scipy in double precision, by kind. */
const tolerances: Readonly<Record<FrontEndName, number>> = {
  magnitude: 1e-5,
  'log-mel': 1e-4,
  mfcc: 1e-4,
  samples: 0,
};

/** The sound of features-scipy.py, to the bit. */
function sound(length: number): Float32Array {
  const samples = new Float32Array(length);
  let state = 1;
  for (let i = 0; i < length - Math.floor(length / 4); i++) {
    state = Number((1664525n * BigInt(state) + 1013904223n) % 2n ** 32n);
    const tone = Math.floor(i / 40) % 2 === 0 ? 0.25 : -0.25;
    samples[i] = ((state / 2 ** 31 - 1) * i) / length / 2 + tone;
  }
  return samples;
}

async function compute(frontEnd: FrontEnd, segments: Float32Array, threads = 1): Promise<Float32Array> {
  const session = await FrontEndSession.create(frontEnd, threads);
  const features = await session.run(segments);
  await session.close();
  return features;
}

function settingsOf(kind: FrontEndName): FeatureSettings {
  return featureSettings.parse({ kind });
}

describe('front ends equal scipy', () => {
  it.each(reference.cases)('$name', async ({ settings, shape, step, values }) => {
    const parsed = featureSettings.parse(settings);
    const frontEnd = buildFrontEnd(parsed);
    expect([frontEnd.frames, frontEnd.bins]).toEqual(shape);
    const features = await compute(frontEnd, sound(frontEnd.samples));
    expect(features.length).toBe(shape[0] * shape[1]);
    const differences = values.map((value, i) => Math.abs(features[i * step]! - value));
    expect(Math.max(...differences)).toBeLessThan(tolerances[parsed.kind]);
  });

  it('samples are a segment, with zeros behind', async () => {
    const settings = featureSettings.parse({ kind: 'samples', seconds: 0.1, hop: 100, window: 300 });
    const frontEnd = buildFrontEnd(settings);
    expect(frontEnd).toMatchObject({ samples: 1600, frames: 17, bins: 100 });
    const two = Float32Array.from([...sound(1600), ...sound(1600).reverse()]);
    const features = await compute(frontEnd, two);
    const silence = new Float32Array(100);
    const rows = [two.subarray(0, 1600), silence, two.subarray(1600), silence];
    expect(features).toEqual(Float32Array.from(rows.flatMap((row) => [...row])));
  });

  it('in both presets', () => {
    expect(buildFrontEnd(featurePresets.paper)).toMatchObject({ samples: 16000, frames: 126, bins: 129 });
    expect(buildFrontEnd(featurePresets.pilot)).toMatchObject({ samples: 8000, frames: 64, bins: 64 });
    for (const name of ['paper', 'pilot'] as const) {
      const { standardise: _, placement: __, ...expected } = featurePresets[name];
      expect(reference.cases.find((row) => row.name === name)?.settings).toEqual(expected);
    }
  });
});

describe.each(frontEnds.names)('%s', (kind) => {
  it('has numbers of scipy beside it', () => {
    // Of samples nothing is computed: the test above has them.
    expect([...reference.cases.map(({ settings }) => settings.kind), 'samples']).toContain(kind);
  });

  it('is described, and made of standard operators', () => {
    expect(frontEnds.find(kind).description).toMatch(/\w{5}/);
    const { graph, output, frames, bins } = buildFrontEnd(settingsOf(kind));
    expect(graph.nodes.map(({ domain }) => domain)).toEqual(graph.nodes.map(() => ''));
    expect(output.shape).toEqual(['batch', 1, frames, bins]);
  });

  it('gives a clip the same numbers to the bit, in any batch and with any number of threads', async () => {
    const frontEnd = buildFrontEnd(settingsOf(kind));
    const random = new Random(3);
    const segments = Float32Array.from({ length: 16 * frontEnd.samples }, () => random.normal() / 10);
    const together = await compute(frontEnd, segments, 2);
    const alone = await compute(frontEnd, segments.slice(5 * frontEnd.samples, 6 * frontEnd.samples));
    expect(together.slice(5 * alone.length, 6 * alone.length)).toEqual(alone);
  });

  it('is finite for silence', async () => {
    const frontEnd = buildFrontEnd(settingsOf(kind));
    const features = await compute(frontEnd, new Float32Array(frontEnd.samples));
    expect(features.every(Number.isFinite)).toBe(true);
  });

  it('has the largest value where the tone is', async () => {
    const frontEnd = buildFrontEnd(settingsOf(kind));
    if (frontEnd.frequencies === undefined) {
      // Cepstral coefficients are no frequencies, nor are samples.
      expect(['mfcc', 'samples']).toContain(kind);
      return;
    }
    const { frequencies, samples, frames, bins } = frontEnd;
    const bin = Math.floor(bins / 2);
    const tone = Float32Array.from({ length: samples }, (_, i) =>
      Math.sin((2 * Math.PI * frequencies[bin]! * i) / 16000),
    );
    const middle = (await compute(frontEnd, tone)).slice((frames >> 1) * bins, ((frames >> 1) + 1) * bins);
    expect(middle.indexOf(Math.max(...middle))).toBe(bin);
  });
});

describe('a front end in another graph', () => {
  it('is standardised there as in memory, to the bit', async () => {
    for (const standardisation of [
      { mean: [0.02], deviation: [0.3] },
      {
        mean: Array.from({ length: 64 }, (_, i) => i / 100),
        deviation: Array.from({ length: 64 }, (_, i) => 1 + i),
      },
    ]) {
      const frontEnd = buildFrontEnd(featurePresets.pilot);
      const graph = new Graph('deployed');
      const input = graph.input('raw', ['batch', frontEnd.samples]);
      const copy = copyGraph(graph, frontEnd.graph, { inputs: { [frontEnd.input.name]: input } });
      const output = appendStandardisation(graph, copy.value(frontEnd.output), standardisation);
      graph.output(output);
      const expected = await compute(frontEnd, sound(frontEnd.samples));
      standardise(expected, standardisation);
      const features = await compute({ ...frontEnd, graph, input, output }, sound(frontEnd.samples));
      expect(features).toEqual(expected);
      expect(Math.max(...expected)).toBeGreaterThan(0.1);
    }
  });
});

describe('feature settings', () => {
  it.each<[object, string, RegExp]>([
    [{ window: 255 }, 'window', /even.*255/],
    [{ hop: 300 }, 'hop', /300.*256/],
    [{ seconds: 0.00001 }, 'seconds', /less than one sample/],
    [{ bins: 130 }, 'bins', /129 bins; got 130/],
    [{ pool: 2 }, 'pool', /129 bins.*set bins to 128/],
    [{ pool: 200 }, 'pool', /^129 bins cannot be averaged in groups of 200$/],
    [{ kind: 'log-mel', highest: 9000 }, 'highest', /9000 Hz is above.*8000/],
    [{ kind: 'log-mel', lowest: 5000, highest: 4000 }, 'lowest', /5000 Hz is not below.*4000/],
    [{ kind: 'mfcc', coefficients: 41 }, 'coefficients', /40 mel bands.*got 41/],
  ])('refuse %j', (changes, key, message) => {
    const { error } = featureSettings.safeParse(changes);
    expect(error?.issues.map(({ path }) => path)).toEqual([[key]]);
    expect(error?.issues[0]?.message).toMatch(message);
  });

  it('refuse a key that does not exist', () => {
    expect(featureSettings.safeParse({ windows: 256 }).success).toBe(false);
  });

  it('are described, key by key', () => {
    for (const field of Object.values(featureSettings.shape)) expect(field.description).toMatch(/\w{4}/);
  });

  it('of too many mel bands are an error that names the band', () => {
    const settings = featureSettings.parse({ kind: 'log-mel', mels: 128 });
    expect(() => buildFrontEnd(settings)).toThrow(UserError);
    expect(() => buildFrontEnd(settings)).toThrow(/128 mel bands.*band 1, 0\.0 to .* 62\.5 Hz apart/);
  });
});
