import { clipLength, sampleRate } from './sounds.js';

/** A file that was dropped or chosen, and the folder in which it came. */
export interface FoundFile {
  readonly file: File;
  readonly folder?: string;
}

/** The files that were dropped, those in folders too. */
export async function droppedFiles(transfer: DataTransfer): Promise<FoundFile[]> {
  // The list is empty once this function has waited.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  return (await Promise.all(entries.map((entry) => filesIn(entry)))).flat();
}

async function filesIn(entry: FileSystemEntry, folder?: string): Promise<FoundFile[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    return file.name.startsWith('.') ? [] : [{ file, ...(folder !== undefined && { folder }) }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: FoundFile[] = [];
  for (;;) {
    // A hundred at a time.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return found;
    for (const inner of some) found.push(...(await filesIn(inner, entry.name)));
  }
}

/** The class of a file: the folder in which it came, else its name up to the first underscore, dash or space. */
export function classOf({ file, folder }: FoundFile): string {
  return folder ?? file.name.replace(/\.[^.]*$/, '').split(/[_\s-]/)[0] ?? file.name;
}

/** The loudest second of a recording, at the sample rate of all clips; what is shorter has silence behind it. */
export async function clipOf(file: File): Promise<Float32Array> {
  // Decoding brings samples to the context's rate.
  const context = new OfflineAudioContext(1, 1, sampleRate);
  const audio = await context.decodeAudioData(await file.arrayBuffer());
  const samples = new Float32Array(Math.max(audio.length, clipLength));
  for (let channel = 0; channel < audio.numberOfChannels; channel++) {
    const part = audio.getChannelData(channel);
    for (let i = 0; i < part.length; i++)
      samples[i] = (samples[i] as number) + (part[i] as number) / audio.numberOfChannels;
  }
  const begin = loudestSecond(samples);
  return samples.slice(begin, begin + clipLength);
}

/** Where the second with the most energy begins, to a hundredth of a second. */
function loudestSecond(samples: Float32Array): number {
  const step = sampleRate / 100;
  const energies = Array.from({ length: Math.floor(samples.length / step) }, (_, i) =>
    samples.subarray(i * step, (i + 1) * step).reduce((sum, value) => sum + value ** 2, 0),
  );
  let energy = energies.slice(0, 100).reduce((sum, value) => sum + value, 0);
  let [most, best] = [energy, 0];
  for (let i = 100; i < energies.length; i++) {
    energy += (energies[i] as number) - (energies[i - 100] as number);
    if (energy > most) [most, best] = [energy, i - 99];
  }
  return best * step;
}
