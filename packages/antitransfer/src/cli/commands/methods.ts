import type { Command } from 'commander';
import { listMethods, listObjectives } from '../../runs/config/method-listing.js';
import { addExamples } from '../examples.js';
import { detailsText, methodsText } from '../methods-text.js';
import { requireKnown } from '../values.js';

/** `antitransfer methods [NAME]` */
export function defineMethods(command: Command): void {
  command
    .description(
      'Lists the methods that a configuration may name, and the objectives that its own may have: where each was ' +
        'published, and what it looks at.',
    )
    .argument('[name]', 'a method or an objective, to be told more of it')
    .option('--json', 'print JSON')
    .action(run);
  addExamples(command, [
    ['methods', 'all of them'],
    ['methods group-dro', 'what it stands for, and its settings'],
  ]);
}

function run(name: string | undefined, { json }: { readonly json?: boolean }): void {
  const all = { methods: listMethods(), objectives: listObjectives() };
  const known = [...all.methods.map((method) => method.name), ...all.objectives.map(({ kind }) => kind)];
  if (name !== undefined) requireKnown('method or objective', name, [...new Set(known)]);
  const asked = {
    methods: all.methods.filter((method) => name === undefined || method.name === name),
    objectives: all.objectives.filter(({ kind }) => name === undefined || kind === name),
  };
  const text = name === undefined ? methodsText : detailsText;
  process.stdout.write(json ? `${JSON.stringify(asked)}\n` : `${text(asked.methods, asked.objectives)}\n`);
}
