import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Random } from 'onnx-autograd/random';
import { Resampler } from '../../audio/resample.js';
import { encodeWav } from '../../audio/wav.js';
import type { Progress } from '../../progress.js';
import { Flite } from './flite.js';
import { DEMO_SAMPLE_RATE, makeTake } from './take.js';
import type { Utterance } from './utterances.js';

export interface SpeakOptions {
  readonly seed: number;
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

/** Speaks the utterances and writes their takes into an existing folder. */
export async function speakDemo(
  folder: string,
  utterances: readonly Utterance[],
  { seed, onProgress, signal }: SpeakOptions,
): Promise<void> {
  const random = new Random(seed);
  const flite = await Flite.load();
  const resampler = await Resampler.create();
  const total = utterances.reduce((sum, { takes }) => sum + takes.length, 0);
  let done = 0;
  for (const { name, word, voice, takes } of utterances) {
    const prosody = random.fork(`prosody ${name}`);
    const { samples, sampleRate } = await flite.speak(word, voice, {
      durationStretch: 0.75 + 0.4 * prosody.uniform(),
      pitchShift: 0.88 + 0.26 * prosody.uniform(),
    });
    for (const file of takes) {
      signal?.throwIfAborted();
      const take = makeTake(samples, sampleRate, resampler, random.fork(`take ${file}`));
      await writeFile(join(folder, file), encodeWav(take, DEMO_SAMPLE_RATE));
      done += 1;
      onProgress?.({ done, total });
    }
  }
}
