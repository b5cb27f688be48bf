import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UserError } from 'antitransfer/runs';

/** A recording that somebody has said the labels of. */
export interface LabelledRecording {
  /** In [-1, 1]. */
  readonly samples: Float32Array;
  /** In Hz. */
  readonly sampleRate: number;
  /** The column that models learned, and its label. */
  readonly target: string;
  readonly label: string;
  /** Of other columns. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface KeptRecording {
  readonly file: string;
  readonly table: string;
  /** Recordings in the table. */
  readonly clips: number;
}

/**
 * Keeps recordings as labelled clips, in a folder that was chosen when the studio was started: `digit/three-1.wav`, and a row
 * in `digit.csv`, a table for each target. It is the only thing that the studio writes.
 */
export class Keeper {
  /** One after another: two must not write the table at once. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(readonly folder: string) {}

  /** @throws UserError where a file has the folder's name */
  static async open(folder: string): Promise<Keeper> {
    const path = resolve(folder);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && !found.isDirectory()) {
      throw new UserError(
        `--keep "${folder}" is a file. Name a folder; it is made when a recording is kept.`,
      );
    }
    return new Keeper(path);
  }

  keep(recording: LabelledRecording): Promise<KeptRecording> {
    const kept = this.#last.then(() => this.#keep(recording));
    this.#last = kept.catch(() => undefined);
    return kept;
  }

  async #keep({ samples, sampleRate, target, label, labels }: LabelledRecording): Promise<KeptRecording> {
    const { appendManifest, encodeWav } = await import('antitransfer');
    const name = fileName(target);
    await mkdir(join(this.folder, name), { recursive: true });
    const wav = await this.#writeNew(
      join(this.folder, name),
      fileName(label),
      encodeWav(samples, sampleRate),
    );
    const table = join(this.folder, `${name}.csv`);
    const entry = { path: `${name}/${wav}`, labels: { ...labels, [target]: label } };
    return { file: join(this.folder, name, wav), table, clips: await appendManifest(table, entry) };
  }

  /** Writes over nothing: `three-2.wav` where `three-1.wav` is there. */
  async #writeNew(folder: string, label: string, bytes: Uint8Array): Promise<string> {
    for (let number = 1; ; number++) {
      const name = `${label}-${number}.wav`;
      try {
        await writeFile(join(folder, name), bytes, { flag: 'wx' });
        return name;
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      }
    }
  }
}

/** What is told of a column or a label in a file's name, on every system. */
function fileName(text: string): string {
  return text.replace(/[^\p{L}\p{N}_-]/gu, '_').slice(0, 60) || '_';
}
