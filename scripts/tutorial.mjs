// Does what docs/tutorial.md says, to its end, as somebody does who pastes it: each command as it stands into a shell in an empty
// folder, each file as it is shown; then opens the page in a Chromium whose microphone plays what was recorded. Packages are those of
// this repository, as they would be published, by a registry on this machine that sends all others to npm's. With --recordings the
// words are real: of FSDD's folder, under the names of the tutorial's voices, in place of those that its first step makes.
// Slow (twenty minutes on two cores), so it is run by hand before a release:
//
//   npm run build && node scripts/tutorial.mjs [--recordings FOLDER] [--keep]
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { speakToPage } from './tutorial/page.mjs';
import { copyRecordings } from './tutorial/recordings.mjs';
import { serveRegistry } from './tutorial/registry.mjs';
import { Shell } from './tutorial/shell.mjs';
import { stepsOf } from './tutorial/steps.mjs';

const repository = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: { recordings: { type: 'string' }, keep: { type: 'boolean', default: false } },
});

const work = await mkdtemp(join(tmpdir(), 'tutorial-'));
const registry = await serveRegistry(repository, work);
const shell = new Shell(work, { npm_config_registry: registry.url, npm_config_update_notifier: 'false' });
const begun = performance.now();
try {
  const steps = stepsOf(await readFile(join(repository, 'docs/tutorial.md'), 'utf8'));
  for (const { file, text } of steps) {
    if (file !== undefined) {
      console.log(`\n# ${file}`);
      await writeFile(join(await shell.folder(), file), text);
      continue;
    }
    for (const command of text.trim().split('\n')) {
      console.log(`\n$ ${command}`);
      if (values.recordings !== undefined && command.startsWith('npx antitransfer data demo ')) {
        const count = await copyRecordings(values.recordings, join(await shell.folder(), 'recordings'));
        console.log(`(instead: ${count} real recordings of "${values.recordings}")`);
      } else if (command === 'npx vite') {
        // It goes on until somebody ends it.
        await speakToPage(await shell.folder(), shell.environment);
      } else {
        await shell.run(command);
      }
    }
  }
  console.log(`\nThe tutorial holds, in ${Math.round((performance.now() - begun) / 1000)} s.`);
} finally {
  shell.close();
  registry.close();
  if (values.keep) console.log(`Left in ${work}.`);
  else await rm(work, { recursive: true, force: true });
}
