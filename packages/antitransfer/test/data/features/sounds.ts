import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Random } from 'onnx-autograd';
import { encodeWav } from '../../../src/data/audio/wav.js';
import type { Clip } from '../../../src/data/clip.js';

/** Writes recordings of noise, each its own, and returns them as clips. */
export async function writeSounds(
  folder: string,
  count: number,
  { seed = 1, seconds = 0.5, sampleRate = 8000 } = {},
): Promise<Clip[]> {
  const random = new Random(seed);
  const clips: Clip[] = [];
  for (let i = 0; i < count; i++) {
    const id = `sound-${seed}-${i}.wav`;
    const samples = Float32Array.from({ length: seconds * sampleRate }, () => 0.1 * random.normal());
    await writeFile(join(folder, id), encodeWav(samples, sampleRate));
    clips.push({ id, path: join(folder, id), labels: { number: String(i) } });
  }
  return clips;
}
