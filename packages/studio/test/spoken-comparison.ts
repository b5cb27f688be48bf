import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AnalysisChoice,
  analyzeRun,
  type ComparisonResults,
  compare,
  encodeWav,
  resolveConfig,
} from 'antitransfer';
import { Random } from 'onnx-autograd/random';

/** Rate of all sounds of the corpus, in Hz. */
export const RATE = 8000;

/** Eight words of two syllables, each a tone: networks tell them apart after a few epochs. */
export const words = ['do-re', 'do-mi', 'do-fa', 'do-sol', 're-mi', 're-fa', 're-sol', 'mi-fa'] as const;

const TONES: Readonly<Record<string, number>> = { do: 450, re: 1000, mi: 1600, fa: 2300, sol: 3100 };

/** Seconds of a syllable. */
const SYLLABLE = 0.15;

/** A word as a speaker says it: bob's room is noisier. */
function say(word: string, speaker: string, random: Random): Float32Array {
  const syllables = word.split('-');
  const length = Math.round(SYLLABLE * RATE);
  // Where a sound begins is found to a hundredth of a second.
  const late = Math.floor(0.03 * RATE * random.uniform());
  const noise = speaker === 'ann' ? 0.0005 : 0.03;
  const loudness = 0.2 + 0.2 * random.uniform();
  return Float32Array.from({ length: late + length * syllables.length }, (_, at) => {
    if (at < late) return noise * random.normal();
    const i = at - late;
    const tone = TONES[syllables[Math.floor(i / length)] ?? ''] ?? 0;
    const envelope = Math.sin((Math.PI * ((i % length) + 1)) / (length + 1)) ** 0.5;
    return loudness * envelope * Math.sin((2 * Math.PI * tone * i) / RATE) + noise * random.normal();
  });
}

/** All words one after another, with so much of a quiet room before, between and behind. */
export function sayAll(said: readonly string[], gapSeconds: number, random: Random): Float32Array {
  const room = () => Float32Array.from({ length: gapSeconds * RATE }, () => 0.0005 * random.normal());
  const parts = [room(), ...said.flatMap((word) => [say(word, 'ann', random), room()])];
  const all = new Float32Array(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** A comparison that was made with the library, and looked at in every layer. */
export interface SpokenComparison {
  readonly root: string;
  readonly folder: string;
  readonly cache: string;
  readonly results: ComparisonResults;
  remove(): Promise<void>;
}

const LISTS = [...Array<string>(8).fill('training'), 'validation', 'validation', 'testing', 'testing'];

/**
 * Trains two methods over two seeds on the words; some seconds.
 *
 * @param settings instead of those of the comparison
 */
export async function compareSpoken(
  choice: AnalysisChoice,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<SpokenComparison> {
  const root = await mkdtemp(join(tmpdir(), 'studio-spoken-'));
  const corpus = join(root, 'corpus');
  await mkdir(corpus);
  const rows = words.flatMap((word) =>
    ['ann', 'bob'].flatMap((speaker) =>
      LISTS.map((list, take) => ({ path: `${word}-${speaker}-${take}.wav`, list, word, speaker })),
    ),
  );
  for (const [i, { path, word, speaker }] of rows.entries())
    await writeFile(join(corpus, path), encodeWav(say(word, speaker, new Random(i)), RATE));
  const lines = rows.map(({ path, list, word, speaker }) => [path, list, word, speaker].join());
  await writeFile(join(corpus, 'clips.csv'), ['path,list,word,speaker', ...lines, ''].join('\n'));
  const tree = {
    name: 'spoken',
    data: { corpus: 'manifest', path: join(corpus, 'clips.csv') },
    target: 'word',
    orthogonal: { column: 'speaker' },
    split: { kind: 'lists', column: 'list' },
    features: { sampleRate: RATE, seconds: 0.4, bins: 128, pool: 8, hop: 256 },
    network: { width: 0.25 },
    training: { epochs: 20, batch: 16, learningRate: 0.003 },
    methods: ['no-transfer', 'cka'],
    seeds: 2,
    execution: { runner: 'inline', threads: 1 },
    ...settings,
  };
  const folder = join(root, 'runs', 'spoken');
  const cache = join(root, 'cache');
  const config = resolveConfig(tree, 'spoken');
  const results = await compare(config, { folder, store: join(root, 'runs', 'store'), cache });
  await analyzeRun(choice, { folder, cache, execution: config.execution });
  return { root, folder, cache, results, remove: () => rm(root, { recursive: true, force: true }) };
}
