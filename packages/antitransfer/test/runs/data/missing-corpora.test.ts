import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { UserError } from '../../../src/errors.js';
import { type ConfigTree, resolveConfig } from '../../../src/runs/config/load.js';
import { loadCorpora } from '../../../src/runs/data/load-corpora.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'missing-corpora-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What is said of an experiment whose corpora are not there. */
async function refused(data: ConfigTree, ...tasks: ConfigTree[]): Promise<string[]> {
  const { experiment } = resolveConfig(
    {
      data,
      target: 'word',
      orthogonal: tasks.length > 0 ? tasks : { column: 'speaker' },
      split: { kind: 'random' },
      methods: ['no-transfer'],
    },
    'my.yaml',
  );
  const error = await loadCorpora(experiment).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).message.split('\n');
}

it('tells all corpora that are missing, and how each is fetched', async () => {
  const path = (name: string) => join(folder, name);
  const noise = path('ms-snsd/noise_train');
  const lines = await refused(
    { corpus: 'speech-commands', path: path('speech-commands-v0.01'), noise, snr: [0] },
    { name: 'noises', column: 'noise', data: { corpus: 'ms-snsd', path: path('ms-snsd'), noise, snr: [0] } },
    { name: 'emotions', column: 'emotion', data: { corpus: 'iemocap', path: path('iemocap') } },
    { name: 'others', column: 'word', data: { corpus: 'manifest', path: path('clips.csv') } },
  );
  expect(lines).toHaveLength(5);
  const [words, noises, clean, emotions, table] = lines;
  expect(words).toContain(
    `"antitransfer data fetch speech-commands ${path('speech-commands-v0.01')} --part v0.01"`,
  );
  expect(words).not.toContain('v0.02');
  expect(noises).toContain(`There is no folder of noises "${noise}"`);
  expect(noises).toContain('"antitransfer data fetch ms-snsd"');
  expect(clean).toContain(`"antitransfer data fetch ms-snsd ${path('ms-snsd')}"`);
  expect(emotions).toContain('"antitransfer data fetch iemocap" says how');
  expect(table).toMatch(/^No corpus "manifest" at ".*clips\.csv": there is no such file\./);
});

it('names no folder to fetch to where something else is', async () => {
  const [only, ...others] = await refused({ corpus: 'fsdd', path: folder });
  expect(others).toEqual([]);
  expect(only).toMatch(/no file there is named so.*"antitransfer data fetch fsdd" fetches it/);
});
