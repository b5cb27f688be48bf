import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where test files keep what they share, by the process that runs them. */
export function sharedBy(process: number): string {
  return join(tmpdir(), `antitransfer-studio-shared-${process}`);
}

/** Removes it when all have run; vitest calls this. */
export function teardown(): void {
  rmSync(sharedBy(process.pid), { recursive: true, force: true });
}
