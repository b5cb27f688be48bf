// Writes what is made from the configuration's schema: the JSON schema for editors and docs/configuration.md.
//
//   node packages/antitransfer/scripts/generate.mjs            (after a build)
//   node packages/antitransfer/scripts/generate.mjs --check    fails when a file is not current
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { methodPresets } from '../dist/runs/config/presets/registry.js';
import { sweepJsonSchema } from '../dist/runs/config/schema.js';
import { configurationReference } from './configuration-reference.mjs';

const schema = sweepJsonSchema();
const files = {
  'packages/antitransfer/schema/config.schema.json': `${JSON.stringify(schema, null, 2)}\n`,
  'docs/configuration.md': configurationReference(schema, methodPresets.members),
};

const stale = [];
for (const [path, text] of Object.entries(files)) {
  const target = fileURLToPath(new URL(`../../../${path}`, import.meta.url));
  const current = await readFile(target, 'utf8').catch(() => undefined);
  if (current === text) continue;
  stale.push(path);
  if (process.argv.includes('--check')) continue;
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, text);
  console.log(`wrote ${path}`);
}
if (process.argv.includes('--check') && stale.length > 0) {
  console.error(`${stale.join(' and ')} must be made anew: npm run generate`);
  process.exit(1);
}
