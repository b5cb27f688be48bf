// Looks at each package as it would be packed: publint at its entries and files, are-the-types-wrong at its types.
//
//   npm run packages
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { published } from './published.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

for (const name of published) {
  for (const command of [
    ['publint', '--strict', `packages/${name}`],
    ['attw', '--pack', `packages/${name}`, '--profile', 'esm-only'],
  ]) {
    const { status } = spawnSync('npx', ['--no-install', ...command], { cwd: root, stdio: 'inherit' });
    if (status !== 0) process.exit(status ?? 1);
  }
}
