import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Graph, Random, readOnnx, writeOnnx } from 'onnx-autograd';
import { InferenceSession, Tensor } from 'onnxruntime-web/wasm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hear, openModel } from '../../src/browser/index.js';
import { modelMetadata } from '../../src/browser/model-metadata.js';
import { encodeWav } from '../../src/data/audio/wav.js';
import { placeSamples } from '../../src/data/features/segment.js';
import { featureSettings } from '../../src/data/features/settings.js';
import { DeployedModel } from '../../src/inference/deployed-model.js';
import { predictClips } from '../../src/inference/predict-clips.js';
import { cardJson, cardKey } from '../../src/learning/networks/model-card.js';
import { modelWith } from '../inference/models.js';
import { RATE, spoken } from '../listening/spoken.js';

const labels = ['one', 'two', 'three'];
const level = { probability: 0.2, kept: 0.95, segments: 40 };
const features = { sampleRate: RATE, seconds: 0.4, bins: 128, pool: 8, hop: 256 };

/** A model with its card, whose weights make its answers differ. */
const model = (placement: 'start' | 'centre' | 'random' = 'start', changes: object = { level }) =>
  modelWith(labels, (weight) => 6 * weight, {
    features: featureSettings.parse({ ...features, placement }),
    ...changes,
  });

/** The same without a card. */
function silent(bytes: Uint8Array): Uint8Array {
  return writeOnnx(readOnnx(bytes).graph);
}

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

let folder: string;
let server: Server;
let base: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antitransfer-page-'));
  const path = join(folder, 'digits.onnx');
  await writeFile(path, model());
  await writeFile(join(folder, 'silent.onnx'), silent(model()));
  const opened = await DeployedModel.open(path);
  await writeFile(join(folder, 'silent.json'), cardJson(opened.card));
  await opened.close();
  await writeFile(join(folder, 'broken.onnx'), silent(model()));
  await writeFile(join(folder, 'broken.json'), '{ "classes": [');
  server = createServer((request, response) => {
    const name = (request.url ?? '').split('?')[0] ?? '';
    readFile(join(folder, name)).then(
      (bytes) => response.end(bytes),
      // As servers of pages with one address do: whatever is asked for is the page.
      () => (name === '/page.onnx' ? response.end('<!doctype html>') : response.writeHead(404).end()),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  base = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

describe('a model in a page', () => {
  it('has the card that is in its file, beside it, or given', async () => {
    const card = {
      target: 'word',
      labels,
      sampleRate: RATE,
      seconds: 0.4,
      placement: 'start',
      level: 0.2,
    };
    const cards = JSON.parse(await readFile(join(folder, 'silent.json'), 'utf8')) as object;
    for (const open of [
      () => openModel(model()),
      () => openModel(new Uint8Array(model()).buffer),
      () => openModel(`${base}/digits.onnx`),
      () => openModel(new URL(`${base}/silent.onnx?v=2`)),
      () => openModel(silent(model()), { card: `${base}/silent.json` }),
      () => openModel(silent(model()), { card: cards }),
    ]) {
      const opened = await open();
      expect(opened.card).toEqual(card);
      await opened.close();
    }
    const earlier = await openModel(model('start', {}));
    expect(earlier.card.level).toBeUndefined();
    await earlier.close();
  });

  it.each(['start', 'centre', 'random'] as const)(
    'answers as in Node, sounds placed at: %s',
    async (placement) => {
      const path = join(folder, `${placement}.onnx`);
      await writeFile(path, model(placement));
      const [inNode, inPage] = [await DeployedModel.open(path), await openModel(model(placement))];
      const sound = spoken(0.3, [[0, 0.3]]);
      const segment = new Float32Array(inNode.samples);
      placeSamples(sound, segment, placement);
      const [expected = []] = await inNode.probabilities(segment);
      const { label, probability, probabilities } = await inPage.recognise(sound, RATE);
      for (const [i, value] of probabilities.entries()) expect(value).toBeCloseTo(expected[i] ?? 0, 4);
      expect(probability).toBe(Math.max(...probabilities));
      expect(label).toBe(labels[probabilities.indexOf(probability)]);
      // Sixty of them at once: ONNX Runtime does one at a time.
      const many = await Promise.all(Array.from({ length: 60 }, () => inPage.recognise(sound, RATE)));
      for (const other of many) expect(other).toEqual({ label, probability, probabilities });
      await Promise.all([inNode.close(), inPage.close()]);
    },
  );

  it('hears in a recording what predict hears, at any rate', async () => {
    const words = [
      [0.6, 0.9],
      [1.5, 1.8],
      [2.6, 3.1],
    ] as const;
    const samples = spoken(4, words).map((sample) => Math.round(32768 * sample) / 32768);
    const wav = join(folder, 'words.wav');
    await writeFile(wav, encodeWav(samples, RATE));
    const [inNode, inPage] = [
      await DeployedModel.open(join(folder, 'digits.onnx')),
      await openModel(model()),
    ];
    const clips = [{ id: 'words', path: wav, labels: {} }];
    const { predictions } = await predictClips(inNode, clips, { sounds: {} });
    const windows = predictions[0]?.windows ?? [];
    expect(windows).toHaveLength(3);
    const heard = await collect(hear(inPage, samples, RATE));
    expect(heard.map(({ label, start, end }) => ({ label, start, end }))).toEqual(
      windows.map(({ label, start, end }) => ({ label, start, end })),
    );
    for (const [i, { probabilities }] of heard.entries()) {
      for (const [j, value] of probabilities.entries()) {
        expect(value).toBeCloseTo(windows[i]?.probabilities[j] ?? 0, 4);
      }
    }
    expect(await collect(hear(inPage, samples, RATE, { level: 1 }))).toEqual([]);
    expect(await collect(hear(inPage, samples, RATE, { quietest: 0.5 }))).toEqual([]);
    expect(await collect(hear(inPage, new Float32Array(RATE), 48_000))).toEqual([]);
    const stopped = { signal: AbortSignal.abort() };
    expect(await collect(hear(inPage, samples, RATE, stopped))).toEqual([]);
    await Promise.all([inNode.close(), inPage.close()]);
  });

  it('says what is wrong, with what it is about', async () => {
    const elsewhere = { ...features, placement: 'start' };
    const card = { target: 'word', classes: labels, features: elsewhere };
    for (const [open, said] of [
      [() => openModel(`${base}/none.onnx`), /Cannot fetch the model, ".*none.onnx": 404/],
      [() => openModel(`${base}/page.onnx`), /is no ONNX model, but a page: the server has no such file/],
      [() => openModel(new Uint8Array([9, 9, 9])), /"the bytes that were given" is no ONNX model\. Name an/],
      [() => openModel(silent(model())), /says nothing of itself. Give its card: openModel\(model, \{ card/],
      [() => openModel(`${base}/broken.onnx`), /The card of the model ".*broken.json" is no JSON/],
      [() => openModel(model(), { card: { classes: [] } }), /has no target that can be used: undefined/],
      [() => openModel(model(), { card: { ...card, classes: ['a', 2] } }), /has no labels .*\["a",2\]/],
      [() => openModel(model(), { card: { ...card, level: { probability: 2 } } }), /has no level .*: 2/],
      [
        () => openModel(model(), { card: { ...card, classes: ['a', 'b'] } }),
        /gives 3 probabilities, its card has 2/,
      ],
      [
        () => openModel(model(), { card: { ...card, features: { ...elsewhere, seconds: 0.5 } } }),
        /cannot be run as its card says/,
      ],
    ] as const) {
      const error: unknown = await open().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ name: 'UserError', message: expect.stringMatching(said) });
    }
    const aborted = openModel(`${base}/digits.onnx`, { signal: AbortSignal.abort(new Error('enough')) });
    await expect(aborted).rejects.toThrow('enough');
  });

  it('leaves no memory taken when it is not opened after all', async () => {
    const plainly = InferenceSession.create.bind(InferenceSession) as (
      bytes: Uint8Array,
    ) => Promise<InferenceSession>;
    const sessions: InferenceSession[] = [];
    const stop = new AbortController();
    const create = vi.spyOn(InferenceSession, 'create').mockImplementation(async (bytes: unknown) => {
      const session = await plainly(bytes as Uint8Array);
      // The second is stopped while it is being opened.
      if (sessions.push(session) === 2) stop.abort(new Error('enough'));
      return session;
    });
    try {
      const card = { target: 'word', classes: ['a', 'b'], features: { ...features, placement: 'start' } };
      await expect(openModel(model(), { card })).rejects.toThrow('its card has 2');
      await expect(openModel(model(), { signal: stop.signal })).rejects.toThrow('enough');
      expect(sessions).toHaveLength(2);
      const samples = new Tensor('float32', new Float32Array(0.4 * RATE), [1, 0.4 * RATE]);
      for (const session of sessions) await expect(session.run({ samples })).rejects.toThrow('session');
    } finally {
      create.mockRestore();
    }
  });
});

describe('the metadata of a file', () => {
  it('is what the engine reads, under the key that models are written with', () => {
    const bytes = model();
    expect(modelMetadata(bytes)).toEqual(readOnnx(bytes).metadata);
    expect(Object.keys(modelMetadata(bytes) ?? {})).toContain(cardKey);
    const graph = new Graph('other');
    graph.output(graph.apply('Identity', [graph.input('a', [1])]));
    const metadata = { a: '', ü: '\u{1f600}', b: 'x'.repeat(70_000) };
    expect(modelMetadata(writeOnnx(graph, { metadata }))).toEqual(
      readOnnx(writeOnnx(graph, { metadata })).metadata,
    );
  });

  it('is none of what is damaged, or is something; it never hangs', () => {
    const bytes = model();
    const random = new Random(4);
    for (let round = 0; round < 300; round++) {
      const broken = bytes.slice(0, random.integer(0, bytes.length));
      for (let i = 0; i < 3 && broken.length > 0; i++) {
        broken[random.integer(0, Math.min(200, broken.length - 1))] = random.integer(0, 255);
      }
      expect(() => modelMetadata(broken)).not.toThrow();
    }
  });
});
