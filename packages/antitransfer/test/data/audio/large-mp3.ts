import { open, readFile } from 'node:fs/promises';

/** Writes two seconds of sound behind 80 MiB of nothing, where an ID3v2 tag may hold pictures. */
export async function writeLargeMp3(path: string): Promise<void> {
  const mp3 = await readFile(new URL('../../fixtures/audio/users/mp3-plain.mp3', import.meta.url));
  const file = await open(path, 'w');
  // The tag's size has seven bits a byte.
  await file.write(Buffer.from('ID3\x04\0\0\x28\0\0\0', 'latin1'), 0, 10, 0);
  await file.write(mp3, 0, mp3.length, 10 + 0x28 * 2 ** 21);
  await file.close();
}
