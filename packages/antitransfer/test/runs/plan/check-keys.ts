import { expect } from 'vitest';
import type { ConfigTree } from '../../../src/runs/config/load.js';

/** Holds that every key changes a digest, or is listed as without effect and changes none. */
export async function checkKeys(
  keys: readonly string[],
  alternatives: Readonly<Record<string, unknown>>,
  withoutEffect: readonly string[],
  digest: (change: ConfigTree) => Promise<unknown>,
): Promise<void> {
  expect(Object.keys(alternatives).sort()).toEqual([...keys].sort());
  const before = await digest({});
  for (const key of keys) {
    const after = await digest({ [key]: alternatives[key] });
    if (withoutEffect.includes(key)) expect(after, key).toEqual(before);
    else expect(after, key).not.toEqual(before);
  }
}
