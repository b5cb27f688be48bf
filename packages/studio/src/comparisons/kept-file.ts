import { stat } from 'node:fs/promises';

/** What a file says, read again only when it has changed. Files of comparisons appear whole, under a new inode. */
export class KeptFile<Content> {
  #kept: { readonly key: string; readonly content: Promise<Content> } | undefined;

  constructor(
    readonly path: string,
    readonly read: () => Promise<Content>,
  ) {}

  /** `undefined` where the file is not there. @throws what reading it throws; the next call tries again */
  async content(): Promise<Content | undefined> {
    const key = await keyOf(this.path);
    if (key === undefined) return undefined;
    if (this.#kept?.key !== key) {
      const content = this.read();
      this.#kept = { key, content };
      content.catch(() => {
        if (this.#kept?.content === content) this.#kept = undefined;
      });
    }
    return this.#kept.content;
  }
}

/** Changes when the file does; `undefined` where there is none. */
export async function keyOf(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found && `${found.ino}:${found.size}:${found.mtimeNs}`;
}
