import type { PublishedTask, PublishedUse } from '../../data/corpora/definition.js';
import { corpora } from '../../data/corpora/registry.js';
import type { ConfigTree } from './parse-yaml.js';

/** What a configuration may name as `preset`. */
export const presetNames = ['paper'] as const;

/** How the released code of arXiv 2006.06494 trains what it learns. */
const training = {
  epochs: 100,
  batch: 30,
  optimizer: 'adam',
  learningRate: 0.00005,
  schedule: 'constant',
  choose: 'validation-loss-and-penalty',
} as const;

/** When it stops, where it does not take the last epoch whatever was better. */
const waiting = { patience: 5, patienceRule: 'as-published' } as const;

/** What it does otherwise for a network that is to be forgotten. */
const forgotten = { batch: 40, patience: 10 } as const;

const network = { name: 'vgg16', initialisation: 'as-published' } as const;

/** The length of a segment, in seconds, of corpora that are not its own. */
const SECONDS = 1;

/** Recordings without a louder sample are left out there. */
const PEAK = 0.05;

/**
 * A configuration that is not checked yet, with what its preset says wherever it says nothing itself. Without a preset it stays
 * as it is, and so does a value that no key may have: checking it tells of that.
 */
export function withPreset(tree: ConfigTree): ConfigTree {
  if (tree.preset !== 'paper') return tree;
  const { orthogonal } = tree;
  const learnedHere = [orthogonal]
    .flat()
    .map(branchOf)
    .filter(({ data }) => data === undefined);
  const columns = [tree.target, ...learnedHere.map(({ column }) => column)];
  const seconds = branchOf(tree.features).seconds ?? publishedUse(tree.data)?.seconds ?? SECONDS;
  return {
    ...tree,
    data: withTasks(tree.data, columns),
    orthogonal: Array.isArray(orthogonal)
      ? orthogonal.map((task) => withTraining(task, tree))
      : withTraining(orthogonal, tree),
    features: filled(tree.features, { seconds }),
    // Without overlap: a window begins where the last one ends.
    segments: filled(tree.segments, { hop: seconds, minimumPeak: PEAK }),
    network: filled(tree.network, isPublishedNetwork(branchOf(tree.network)) ? network : {}),
    training: filled(tree.training, { ...training, ...(takesLast(tree.training) ? {} : waiting) }),
  };
}

/** Whether the epoch that is tested is the last one, whatever was better, so that none is waited for. */
function takesLast(given: unknown): boolean {
  return branchOf(given).choose === 'last';
}

/** An orthogonal task, which is learned from clips of its own or from the target's. */
function withTraining(task: unknown, target: ConfigTree): unknown {
  if (!isBranch(task)) return task;
  const { column, data, model = null } = task;
  const changes = changesOf(task, target);
  return {
    ...task,
    ...(data !== undefined && { data: withTasks(data, [column]) }),
    // A network that is given is trained already.
    ...(model === null && { training: filled(task.training, changes) }),
  };
}

/** How a task is trained otherwise than the target, from which it takes over what neither it nor the paper says. */
function changesOf({ column, data, training: given }: ConfigTree, target: ConfigTree): ConfigTree {
  const { patience, ...others } = publishedTask(data ?? target.data, column)?.training ?? forgotten;
  if (takesLast({ ...branchOf(target.training), ...branchOf(given) })) return others;
  // Beside a target that waits for nothing there is no rule to be taken over.
  const { patienceRule } = waiting;
  return { ...others, patience, ...(takesLast(target.training) && { patienceRule }) };
}

/** Recordings with the classes, the balance and the settings of each task that is learned from them. */
function withTasks(data: unknown, columns: readonly unknown[]): unknown {
  if (!isBranch(data)) return data;
  const tasks = columns.flatMap((column) => {
    const task = publishedTask(data, column);
    return task === undefined ? [] : [{ column: String(column), ...task }];
  });
  const isMixed = typeof data.noise === 'string';
  const settings = tasks.flatMap((task) => [task.settings ?? {}, isMixed ? (task.mixed ?? {}) : {}]);
  const rules = tasks.flatMap(({ column, labels }) =>
    labels === undefined ? [] : [[column, labels] as const],
  );
  return {
    ...Object.assign({}, ...settings),
    ...data,
    ...(rules.length > 0 && { labels: filled(data.labels, Object.fromEntries(rules)) }),
  };
}

function publishedTask(data: unknown, column: unknown): PublishedTask | undefined {
  return publishedUse(data)?.columns[String(column)];
}

function publishedUse(data: unknown): PublishedUse | undefined {
  const { corpus } = branchOf(data);
  return corpora.members.find(({ name }) => name === corpus)?.published;
}

function isPublishedNetwork({ name = network.name, model = null }: ConfigTree): boolean {
  return name === network.name && model === null;
}

/** A group of keys with those that it does not have. */
function filled(value: unknown, rest: ConfigTree): unknown {
  if (value === undefined) return rest;
  return isBranch(value) ? { ...rest, ...value } : value;
}

function branchOf(value: unknown): ConfigTree {
  return isBranch(value) ? value : {};
}

function isBranch(value: unknown): value is ConfigTree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
