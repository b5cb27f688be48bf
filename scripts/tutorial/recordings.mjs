import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The voices that the tutorial speaks of, whose names real speakers are given. */
const VOICES = ['awb', 'kal', 'rms', 'slt'];
/** Of each word and speaker, as many as the tutorial makes. */
const TAKES = 12;

/** Copies recordings of the Free Spoken Digit Dataset (`7_jackson_0.wav`) as the tutorial's are called; how many there are. */
export async function copyRecordings(corpus, folder) {
  const from = join(corpus, 'recordings');
  const names = (await readdir(from)).filter((name) => /^\d_[a-z]+_\d+\.wav$/.test(name));
  const speakers = [...new Set(names.map((name) => name.split('_')[1]))].sort();
  await mkdir(folder);
  let count = 0;
  for (const name of names) {
    const [digit, speaker, take] = name.replace('.wav', '').split('_');
    const voice = VOICES[speakers.indexOf(speaker)];
    if (voice === undefined || Number(take) >= TAKES) continue;
    await copyFile(join(from, name), join(folder, `${digit}_${voice}_${take}.wav`));
    count++;
  }
  return count;
}
