import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { type ConfigTree, readConfigFile, resolveConfig } from '../../config/load.js';
import { compare } from '../../experiments/compare.js';
import { places } from '../../experiments/places.js';
import { summarise } from '../../experiments/summary.js';
import { judge } from '../../experiments/verdict.js';
import { summaryTable } from '../../report/table.js';
import { CompareProgress, duration } from '../compare-progress.js';
import { addConfigFlags, applyConfigFlags } from '../config-flags.js';
import { defaultCache, defaultOutput } from '../folders.js';
import { abortOnInterrupt } from '../interrupt.js';

interface Flags {
  readonly data?: string;
  readonly output?: string;
  readonly cache?: string;
  readonly json?: boolean;
}

/** `antitransfer compare [CONFIG]` */
export function defineCompare(command: Command): void {
  command
    .argument('[config]', 'a YAML file; without one, a demo on synthetic voices that needs no data')
    .option('--data <path>', 'where the recordings are; without a configuration: the FSDD corpus')
    .option('--output <folder>', 'where results go, and are continued from (default: runs/NAME)')
    .option(
      '--cache <folder>',
      'where features and orthogonal networks are kept (default: ~/.cache/antitransfer)',
    )
    .option('--json', 'print the summary as JSON instead of a table')
    .action((path: string | undefined, flags: Flags & Record<string, unknown>) => run(path, flags));
  addConfigFlags(command);
}

function builtIn(name: string): string {
  return fileURLToPath(new URL(`../../../configs/${name}.yaml`, import.meta.url));
}

async function run(path: string | undefined, flags: Flags & Record<string, unknown>): Promise<void> {
  const file = path ?? builtIn(flags.data === undefined ? 'demo' : 'fsdd');
  const { data, ...others } = flags;
  const tree = applyConfigFlags(await readConfigFile(file), others);
  const config = resolveConfig(
    data === undefined ? tree : withDataPath(tree, data),
    path ?? 'The configuration',
  );
  const folder = resolve(flags.output ?? defaultOutput(config.name));
  const progress = new CompareProgress();
  const signal = abortOnInterrupt(() => {
    progress.finish();
    process.stderr.write(
      'Stopping: saving checkpoints … the same command continues. (Ctrl-C twice more ends at once.)\n',
    );
  });
  try {
    const cache = resolve(flags.cache ?? defaultCache());
    const results = await compare(config, { folder, cache, signal, observer: progress });
    progress.finish();
    const summaries = summarise(results);
    const verdict = judge(results, summaries);
    if (flags.json) {
      process.stdout.write(`${JSON.stringify({ verdict, summaries, seconds: results.seconds })}\n`);
      return;
    }
    process.stdout.write(`\n${summaryTable(summaries)}\n\n${verdict.sentence}\n`);
    for (const reason of verdict.reasons) process.stdout.write(`  - ${reason}\n`);
    process.stdout.write(`\nIn ${duration(results.seconds)}. Open ${places.report(folder)}\n`);
  } finally {
    progress.finish();
  }
}

function withDataPath(tree: ConfigTree, path: string): ConfigTree {
  const data = typeof tree.data === 'object' && tree.data !== null ? tree.data : {};
  return { ...tree, data: { ...data, path: resolve(path) } };
}
