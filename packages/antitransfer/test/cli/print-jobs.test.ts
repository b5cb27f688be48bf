import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { comparisonResults } from '../../src/answers/results.js';
import { shellWords } from '../../src/files/shell-words.js';
import { bin } from '../compare-command.js';
import { tinyTree, writeTiny } from '../runs/tiny.js';
import { expectRefused } from './refused.js';
import { run } from './run.js';

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'print-jobs-'));
  await writeTiny(join(root, 'corpus'));
  const tree = { ...tinyTree(join(root, 'corpus')), execution: { threads: 1 } };
  await writeFile(join(root, 'one.yaml'), stringify(tree));
  const values = { 'network.width': [0.25, 0.5] };
  await writeFile(join(root, 'sweep.yaml'), stringify({ ...tree, sweep: { values } }));
  // What a machine of a cluster has: the program by its name.
  await writeFile(join(root, 'antitransfer'), `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`);
  await chmod(join(root, 'antitransfer'), 0o755);
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function printed(...words: string[]): Promise<string> {
  const { code, out, err } = await run(root, ...words);
  expect(code, err).toBe(0);
  return out;
}

/** What a comparison came to, without what differs between two equal runs: time. */
function numbersOf(folder: string) {
  const { sha256: _, ...content } = JSON.parse(readFileSync(join(root, folder, 'results.json'), 'utf8'));
  return comparisonResults.parse(content).runs.map((one) => ({
    ...one,
    seconds: 0,
    epochs: one.epochs.map((epoch) => ({ ...epoch, seconds: 0 })),
  }));
}

const shell = (script: string, environment: Record<string, string> = {}) =>
  spawnSync('bash', ['-e'], {
    cwd: root,
    input: script,
    encoding: 'utf8',
    env: {
      ...process.env,
      PATH: `${root}${delimiter}${process.env.PATH}`,
      ANTITRANSFER_CACHE: join(root, 'cache'),
      ...environment,
    },
  });

describe('commands', () => {
  it('of a sweep, run line by line in a shell, leave the results that the sweep leaves', async () => {
    const flags = ['--output', 'printed', '--store', 'printed-store'];
    const text = await printed('sweep', 'sweep.yaml', ...flags, '--print-jobs', 'commands');
    const lines = text.trimEnd().split('\n');
    // Two widths: an orthogonal network each; a test each of two methods.
    expect(lines).toHaveLength(2 + 4 + 1);
    const job = new RegExp(`^antitransfer job --store ${join(root, 'printed-store')} [0-9a-f]{32}$`);
    for (const line of lines.slice(0, -1)) expect(line).toMatch(job);
    expect(lines.at(-1)).toBe('antitransfer sweep sweep.yaml --output printed --store printed-store');
    // The first of them is an orthogonal network, which others wait for.
    const first = shell(lines[0] ?? '');
    expect(first.stdout, first.stderr).toMatch(/^[0-9a-f]{32} orthogonal speaker, seed 1\n$/);
    const all = shell(text);
    expect(all.status, all.stderr).toBe(0);
    // Each was done by its own line: the sweep found all of its trainings.
    expect(all.stderr.match(/\(done before\)/g)).toHaveLength(6);
    await printed('sweep', 'sweep.yaml', '--output', 'swept', '--store', 'swept-store');
    for (const cell of ['width-0.25', 'width-0.5'])
      expect(numbersOf(join('printed', cell))).toEqual(numbersOf(join('swept', cell)));
  }, 600_000);

  it('of words that a shell would read otherwise are quoted', () => {
    const words = ['a b', "it's", '$HOME', 'plain-1.yaml', '', 's3://b/p'];
    const { stdout } = spawnSync('bash', ['-c', `printf '%s\\n' ${shellWords(words)}`], { encoding: 'utf8' });
    expect(stdout).toBe(`${words.join('\n')}\n`);
    expect(shellWords(['plain-1.yaml', 's3://b/p'])).toBe('plain-1.yaml s3://b/p');
  });
});

describe('slurm', () => {
  it('is an array script that bash reads; an index of it does its job', async () => {
    const flags = ['--output', 'slurm', '--store', 'slurm-store'];
    const text = await printed('compare', 'one.yaml', ...flags, '--print-jobs', 'slurm');
    expect(spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
    expect(text.split('\n')[0]).toBe('#!/bin/bash');
    expect(text).toMatch(/^#SBATCH --array=1-3$/m);
    // Nothing but comments stands before the last of Slurm's own lines: it would not read it.
    const lines = text.split('\n');
    const last = lines.findLastIndex((line) => line.startsWith('#SBATCH'));
    expect(lines.slice(0, last).every((line) => line.startsWith('#'))).toBe(true);
    const done = shell(text, { SLURM_ARRAY_TASK_ID: '1', SLURM_JOB_ID: '7' });
    expect(done, done.stderr).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/orthogonal speaker/),
    });
    const failing = shell(text.replace(/^ {2}[0-9a-f]{32}$/m, `  ${'0'.repeat(32)}`), {
      SLURM_ARRAY_TASK_ID: '1',
      SLURM_JOB_ID: '7',
    });
    expect(failing).toMatchObject({ status: 2, stderr: expect.stringMatching(/has no job 0{32}/) });
  }, 120_000);
});

describe('kubernetes', () => {
  it('is one indexed Job whose script takes the job of its index', async () => {
    const flags = ['--output', 'cluster', '--store', 'cluster-store'];
    const text = await printed('compare', 'one.yaml', ...flags, '--print-jobs', 'kubernetes');
    const manifest = parse(text);
    expect(manifest).toMatchObject({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'antitransfer-tiny' },
      spec: { completionMode: 'Indexed', completions: 3, backoffLimitPerIndex: 3 },
    });
    const { containers, restartPolicy } = manifest.spec.template.spec;
    expect(restartPolicy).toBe('Never');
    const [program, option, script] = containers[0].command;
    expect([program, option]).toEqual(['sh', '-c']);
    const commands = await printed('compare', 'one.yaml', ...flags, '--print-jobs', 'commands');
    for (const [index, line] of commands.trimEnd().split('\n').slice(0, -1).entries()) {
      const echoed = spawnSync('sh', ['-c', script.replace('exec antitransfer', 'echo antitransfer')], {
        encoding: 'utf8',
        env: { ...process.env, JOB_COMPLETION_INDEX: String(index) },
      });
      expect(echoed.stdout.trimEnd()).toBe(line);
    }
  }, 120_000);
});

it('refuses an engine that it does not know, and a store that is no place', async () => {
  expectRefused(
    await run(root, 'compare', 'one.yaml', '--print-jobs', 'slrum'),
    /slurm, kubernetes, commands/,
  );
  expectRefused(
    await run(root, 'compare', 'one.yaml', '--store', 'gs://a/b'),
    /"gs:\/\/a\/b" cannot be a store/,
  );
  expectRefused(await run(root, 'job', 'f'.repeat(32), '--store', 'empty'), /"[^"]*empty" has no job f{32}/);
}, 240_000);
