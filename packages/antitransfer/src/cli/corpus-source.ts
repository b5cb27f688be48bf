import { type Command, Option } from 'commander';
import { parseDocument } from 'yaml';
import { recogniseCorpus } from '../data/corpora/recognise.js';
import { corpora } from '../data/corpora/registry.js';
import { UserError } from '../errors.js';
import { configError } from '../runs/config/errors.js';
import { configJsonSchema, type DataSettings, dataSettings, type Experiment } from '../runs/config/schema.js';
import { type LoadedCorpus, loadClips } from '../runs/data/load-corpora.js';
import { configOf } from './config-source.js';
import { names, oneOf } from './values.js';

/** What flags say of the recordings that a command is given. */
export interface CorpusFlags {
  readonly corpus?: string;
  readonly levels?: readonly string[];
  readonly pattern?: string;
  /** YAML, as in a configuration. */
  readonly where?: string;
  readonly labels?: string;
  /** A comparison's file, whose recordings these are. */
  readonly config?: string;
}

/** Adds the flags that say what kind of corpus a path is, and which of its clips are used. */
export function addCorpusFlags(command: Command): Command {
  const known = corpora.names;
  return command
    .option(
      '--corpus <name>',
      `what the path holds (${known.join(', ')}; default: found out by looking)`,
      oneOf(known),
    )
    .option('--levels <names>', 'for "folder": the label column of each level of folders', names)
    .option(
      '--pattern <pattern>',
      'for "folder": label columns from the names of files, such as {speaker}_{take}_{word}.wav',
    )
    .option('--where <yaml>', 'only clips whose columns have these labels: {language: en, session: [1, 2]}')
    .option(
      '--labels <yaml>',
      'rename, keep and drop labels by column: {emotion: {rename: {exc: hap}, drop: [xxx]}}',
    )
    .addOption(new Option('--config <file>', "a comparison's YAML file: its recordings, where and labels"));
}

/** The clips that a command is to look at. */
export interface OpenedCorpus extends LoadedCorpus {
  /** The configuration that they are of; undefined where flags said it all. */
  readonly experiment: Experiment | undefined;
}

/**
 * Loads the corpus at a path, of the kind that a flag names or that its files look like, and the clips of it that flags or
 * a configuration ask for.
 *
 * @param path undefined for that of the configuration
 * @throws UserError when there is none, or a column or label that is named is not there
 */
export async function openCorpus(path: string | undefined, flags: CorpusFlags): Promise<OpenedCorpus> {
  const experiment = await experimentOf(path, flags);
  const data = experiment?.data ?? (await dataOf(path, flags));
  return { ...(await loadClips(data, experiment === undefined ? 'the flags' : 'data', [])), experiment };
}

/**
 * The experiment of `--config`, with the flags that are about recordings laid over it.
 *
 * @returns undefined without that flag
 */
export async function experimentOf(
  path: string | undefined,
  { config, corpus, levels, pattern, where, labels }: CorpusFlags,
): Promise<Experiment | undefined> {
  if (config === undefined) return undefined;
  const given = {
    'data.corpus': corpus,
    'data.levels': levels && JSON.stringify(levels),
    'data.pattern': pattern,
    'data.where': where,
    'data.labels': labels,
  };
  const flags = Object.entries(given).filter(([, value]) => value !== undefined);
  const { experiment } = await configOf(config, {
    ...Object.fromEntries(flags),
    ...(path !== undefined && { data: path }),
  });
  return experiment;
}

async function dataOf(
  path: string | undefined,
  { corpus, levels, pattern, where, labels }: CorpusFlags,
): Promise<DataSettings> {
  if (path === undefined) {
    throw new UserError(
      'Where are the recordings? Name a folder or a table of them, or a configuration with --config.',
    );
  }
  const isFolder = levels !== undefined || pattern !== undefined;
  const tree = {
    path,
    corpus: corpus ?? (isFolder ? 'folder' : await recogniseCorpus(path)),
    levels,
    pattern,
    where: yamlOf('where', where),
    labels: yamlOf('labels', labels),
  };
  const parsed = dataSettings.safeParse(tree);
  if (parsed.success) return parsed.data;
  const source = { name: 'What the flags say', flags: ['where', 'labels'] };
  throw configError(parsed.error, tree, source, configJsonSchema());
}

function yamlOf(flag: string, text: string | undefined): unknown {
  if (text === undefined) return undefined;
  const document = parseDocument(text, { stringKeys: true });
  if (document.errors.length > 0) throw new UserError(`--${flag} ${text}: this is not valid YAML.`);
  return document.toJS();
}
