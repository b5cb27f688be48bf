import { isUtf8 } from 'node:buffer';
import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Why a file that a folder or a table names is not found, when that is because its name on the disk is not UTF-8: such a
 * name cannot be said as text, and no path leads to it.
 *
 * @returns a sentence that quotes the bytes and says what to do; undefined when there is no such file under any spelling
 */
export async function unspeakableName(path: string): Promise<string | undefined> {
  for (let at = path; dirname(at) !== at; at = dirname(at)) {
    const entries = await readdir(dirname(at), { encoding: 'buffer' }).catch(() => undefined);
    if (entries === undefined) continue;
    const name = at.slice(at.lastIndexOf('/') + 1);
    const found = entries.find((bytes) => !isUtf8(bytes) && spellings(bytes).includes(name.normalize('NFC')));
    if (found === undefined) return undefined;
    const what = at === path ? 'its name' : 'the name of a folder above it';
    return `${what} on the disk is not UTF-8, but "${escapedName(found)}". Rename it.`;
  }
  return undefined;
}

/** What programs take such a name for: bytes replaced that are no UTF-8, or read as Latin-1. */
function spellings(bytes: Uint8Array): string[] {
  return [new TextDecoder().decode(bytes), Buffer.from(bytes).toString('latin1')].map((text) =>
    text.normalize('NFC'),
  );
}

/** The bytes of a name that are no printable ASCII are spelled out: `caf\xE9.wav`. */
function escapedName(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) =>
    byte >= 0x20 && byte < 0x7f && byte !== 0x5c
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`,
  ).join('');
}
