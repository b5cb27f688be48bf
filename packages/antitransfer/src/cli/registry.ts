import type { Command } from 'commander';

/** Adds a command's arguments, options and action. */
export type DefineCommand = (command: Command) => void;

interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<DefineCommand>;
}

/** The commands in the order of the help, each in a file of its own. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'compare',
    summary: 'compare ways to forget: train, test, report',
    load: async () => (await import('./commands/compare.js')).defineCompare,
  },
  {
    name: 'sweep',
    summary: 'run many comparisons that differ in some keys: taps, widths, corpora',
    load: async () => (await import('./commands/sweep.js')).defineSweep,
  },
  {
    name: 'worker',
    summary: 'train what compare and sweep queue, on this machine',
    load: async () => (await import('./commands/worker.js')).defineWorker,
  },
  {
    name: 'table',
    summary: 'join finished comparisons in one table',
    load: async () => (await import('./commands/table.js')).defineTable,
  },
  {
    name: 'report',
    summary: 'join finished comparisons in one page with figures',
    load: async () => (await import('./commands/report.js')).defineReport,
  },
  {
    name: 'analyze',
    summary: 'look at every layer of the networks of a comparison',
    load: async () => (await import('./commands/analyze.js')).defineAnalyze,
  },
  {
    name: 'studio',
    summary: 'watch comparisons in a browser, hear errors, look into layers',
    load: async () => (await import('./commands/studio.js')).loadStudio(),
  },
  {
    name: 'train',
    summary: 'train one method with one seed',
    load: async () => (await import('./commands/train.js')).defineTrain,
  },
  {
    name: 'evaluate',
    summary: 'test a model on labelled recordings',
    load: async () => (await import('./commands/evaluate.js')).defineEvaluate,
  },
  {
    name: 'predict',
    summary: 'label recordings with a model',
    load: async () => (await import('./commands/predict.js')).definePredict,
  },
  {
    name: 'data',
    summary: 'describe a corpus, check its files, write the demo corpus',
    load: async () => (await import('./commands/data.js')).defineData,
  },
  {
    name: 'methods',
    summary: 'list methods and objectives, with papers and what each looks at',
    load: async () => (await import('./commands/methods.js')).defineMethods,
  },
  {
    name: 'taps',
    summary: 'list the layers of a network that a penalty can look at',
    load: async () => (await import('./commands/taps.js')).defineTaps,
  },
  {
    name: 'export',
    summary: 'copy a trained model out of a run and check it',
    load: async () => (await import('./commands/export.js')).defineExport,
  },
  {
    name: 'export-metrics',
    summary: 'write curves and scores for TensorBoard or MLflow',
    load: async () => (await import('./commands/export-metrics.js')).defineExportMetrics,
  },
  {
    name: 'store',
    summary: 'list and clear what comparisons share: features, trained networks',
    load: async () => (await import('./commands/store.js')).defineStore,
  },
  {
    name: 'merge',
    summary: 'copy the finished results of stores of other machines into one',
    load: async () => (await import('./commands/merge.js')).defineMerge,
  },
  {
    name: 'job',
    summary: 'carry out trainings and tests of a store, as --print-jobs lists them',
    load: async () => (await import('./commands/job.js')).defineJob,
  },
  {
    name: 'bench',
    summary: 'measure how fast a training step is',
    load: async () => (await import('./commands/bench.js')).defineBench,
  },
];
