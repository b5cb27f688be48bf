import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { DeviceChoice } from 'onnx-autograd';
import { analyzeRun } from '../../analyze.js';
import { wrapped } from '../../answers/wrapped.js';
import { defaultCache } from '../../files/default-cache.js';
import { executionSettings } from '../../runs/config/execution.js';
import { paths } from '../../runs/folder/paths.js';
import { analysisText } from '../analysis-text.js';
import { deviceOption } from '../device-option.js';
import { addExamples } from '../examples.js';
import { placeOfStore } from '../folders.js';
import { abortOnInterrupt } from '../interrupt.js';
import { printable } from '../printable.js';
import { ProgressLine } from '../progress-line.js';
import { terminalWidth } from '../terminal-width.js';
import { names, wholeNumber } from '../values.js';

interface Flags {
  readonly method?: string;
  readonly seed?: number;
  readonly fold?: number;
  readonly taps?: string[];
  readonly linear?: boolean;
  readonly parallel?: number;
  readonly threads?: number;
  readonly device?: DeviceChoice;
  readonly store?: string;
  readonly cache?: string;
  readonly json?: boolean;
}

/** `antitransfer analyze RUN` */
export function defineAnalyze(command: Command): void {
  command
    .description(
      'Looks at every layer of the networks of a comparison: how well a linear and a small non-linear probe read each ' +
        'orthogonal label, beside control labels and chance, and how alike the layer is to the frozen network (unbiased ' +
        'CKA, the published Gram cosine), with shuffled clips and an untrained network as controls. Leaves analysis.html ' +
        'with heat maps, analysis.csv and analysis.json in the folder. What is done is kept: the same command continues.\n\n' +
        'Two more controls are networks that "compare" has to train, as further orthogonal tasks: another network of the ' +
        'same task ({ name: another-seed, column: speaker, seedOffset: 1000 }), and one of another task. Their likeness is ' +
        'then shown beside that to the first (docs/method.md, "Controls of the frozen network"). Written later, "compare" ' +
        'with another --output trains only these.',
    )
    .argument('<run>', 'the folder of a run of "compare" or "train"')
    .option('--method <id>', 'the networks of this method (default: of all)')
    .option('--seed <n>', 'of this seed', wholeNumber(0))
    .option('--fold <n>', 'of this fold', wholeNumber(0))
    .option('--taps <names>', 'at these taps, with commas between (default: at all)', names)
    .option('--linear', 'only the linear probe: the other takes most of the time')
    .option('--parallel <n>', 'networks side by side (default: one a core)', wholeNumber(1))
    .option('--threads <n>', 'threads of each (default: the cores, shared)', wholeNumber(1))
    .addOption(deviceOption('that of the run'))
    .option('--store <folder>', "where the run's store is, when it is not where it was")
    .option('--cache <folder>', 'where compiled programs are kept (default: ~/.cache/antitransfer)')
    .option('--json', 'print JSON')
    .action(run);
  addExamples(command, [
    ['analyze runs/demo --seed 1', 'every method of one seed, at every tap'],
    [
      'analyze runs/demo --method cka-auxiliary --taps conv3_2,conv4_2 --linear',
      'one method, two taps, quickly',
    ],
  ]);
}

async function run(folder: string, flags: Flags): Promise<void> {
  const { parallel = null, threads = null, device, store, cache, linear, json, ...choice } = flags;
  const signal = abortOnInterrupt(() =>
    process.stderr.write('Stopping: what is done is kept, the same command continues.\n'),
  );
  const progress = new ProgressLine('Looking at');
  try {
    const results = await analyzeRun(
      { ...choice, readers: linear ? ['linear'] : ['linear', 'mlp'] },
      {
        folder: resolve(folder),
        ...(store !== undefined && { store: placeOfStore(store) }),
        cache: resolve(cache ?? defaultCache()),
        ...(device && { device }),
        execution: executionSettings.parse({ parallel, threads }),
        signal,
        observer: {
          onProgress: ({ name, ...progressed }) => progress.part(progressed, printable(name), 'layers'),
        },
      },
    );
    progress.finish();
    if (json) {
      process.stdout.write(`${JSON.stringify(results)}\n`);
      return;
    }
    const width = terminalWidth();
    const page = wrapped(`Open ${paths.analysisPage(resolve(folder))}`, width);
    process.stdout.write(`${analysisText(results, width)}\n\n${page}\n`);
  } finally {
    progress.finish();
  }
}
