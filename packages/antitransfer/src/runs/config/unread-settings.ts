import { corpora } from '../../data/corpora/registry.js';
import { networks } from '../../learning/networks/registry.js';
import { optimizers } from '../../learning/optimizers/registry.js';
import { type ChangedSetting, unreadOf } from '../../registry.js';
import type { Experiment } from './schema.js';

/** Settings that were given, and that what is chosen beside them does not read. */
export function unreadSettings({ data, network, training, orthogonal }: Experiment): string[] {
  return [
    ...lines('data', 'corpus', unreadOf(corpora, data.corpus, data), data.corpus),
    ...(network.model === null
      ? lines('network', 'name', unreadOf(networks, network.name, network), network.name)
      : []),
    ...lines('training', 'optimizer', unreadOf(optimizers, training.optimizer, training), training.optimizer),
    ...orthogonal.flatMap(({ data: own, training: changes }, task) => {
      const path = `orthogonal[${task}]`;
      const optimizer = changes.optimizer ?? training.optimizer;
      return [
        ...(own ? lines(`${path}.data`, 'corpus', unreadOf(corpora, own.corpus, own), own.corpus) : []),
        ...lines(`${path}.training`, 'optimizer', unreadOf(optimizers, optimizer, changes), optimizer),
      ];
    }),
  ];
}

function lines(path: string, choice: string, unread: readonly ChangedSetting[], name: string): string[] {
  return unread.map(
    ({ key, readers }) =>
      `${path}.${key}: the ${choice} "${name}" does not read it (${readers.join(', ')} does). Leave it at its default, or ` +
      `change ${path}.${choice}.`,
  );
}
