import type { Command } from 'commander';
import { listAugmentations, listMethods, listObjectives } from '../../runs/config/method-listing.js';
import { addExamples } from '../examples.js';
import { detailsText, methodsText } from '../methods-text.js';
import { requireKnown } from '../values.js';

/** `antitransfer methods [NAME]` */
export function defineMethods(command: Command): void {
  command
    .description(
      'Lists the methods that a configuration may name, and the objectives and augmentations that its own may have: where ' +
        'each was published, and what it looks at.',
    )
    .argument('[name]', 'a method, an objective or an augmentation, to be told more of it')
    .option('--json', 'print JSON')
    .action(run);
  addExamples(command, [
    ['methods', 'all of them'],
    ['methods group-dro', 'what it stands for, and its settings'],
  ]);
}

function run(name: string | undefined, { json }: { readonly json?: boolean }): void {
  const all = { methods: listMethods(), objectives: listObjectives(), augmentations: listAugmentations() };
  const kinds = [...all.objectives, ...all.augmentations].map(({ kind }) => kind);
  const known = [...new Set([...all.methods.map((method) => method.name), ...kinds])];
  if (name !== undefined)
    requireKnown('method, objective or augmentation', name, known, 'antitransfer methods');
  const asked = {
    methods: all.methods.filter((method) => name === undefined || method.name === name),
    objectives: all.objectives.filter(({ kind }) => name === undefined || kind === name),
    augmentations: all.augmentations.filter(({ kind }) => name === undefined || kind === name),
  };
  const text = name === undefined ? methodsText : detailsText;
  process.stdout.write(json ? `${JSON.stringify(asked)}\n` : `${text(asked)}\n`);
}
