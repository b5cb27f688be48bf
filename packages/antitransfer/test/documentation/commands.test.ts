import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { buildProgram } from '../../src/cli/program.js';
import { type Page, pages, parsePage, read, repository } from './markdown.js';
import { type ShellCommand, shellCommands } from './shell.js';

/** Thrown before a command would do anything. */
class Parsed extends Error {}

function quiet(command: Command): void {
  command.configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  for (const child of command.commands) quiet(child);
}

/** Why our program would not take these arguments, or undefined where it would. It is stopped before it does anything. */
async function refused(args: readonly string[]): Promise<string | undefined> {
  const program = await buildProgram(args);
  quiet(program);
  program.hook('preAction', () => {
    throw new Parsed();
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return `${args.join(' ')} does nothing`;
  } catch (error) {
    if (error instanceof Parsed) return undefined;
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? undefined : error.message;
  }
}

const { scripts, workspaces } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
  workspaces: string[];
};
const names = workspaces.map(
  (folder) =>
    (JSON.parse(readFileSync(join(repository, folder, 'package.json'), 'utf8')) as { name: string }).name,
);

/** npm's own commands that pages name; what is not one of them is a misspelt one. */
const npmCommands = new Set(['install', 'test', 'publish', 'pack', 'init', 'run']);

/** Why npm would not take these arguments here. */
function refusedByNpm(args: readonly string[]): string | undefined {
  const [command = '', script = ''] = args;
  if (!npmCommands.has(command)) return `npm has no command "${command}"`;
  if (command === 'run' && scripts[script] === undefined) return `package.json has no script "${script}"`;
  const lost = args.filter((_, i) => args[i - 1] === '-w').find((name) => !names.includes(name));
  return lost === undefined ? undefined : `there is no workspace "${lost}"`;
}

/** Why Node would not run this: no such program in the repository, or a flag that is not in its source. */
function refusedByNode([path = '', ...args]: readonly string[]): string | undefined {
  if (!existsSync(join(repository, path))) return `there is no ${path}`;
  const source = readFileSync(join(repository, path), 'utf8');
  const lost = args
    .filter((arg) => arg.startsWith('--'))
    .map((arg) => arg.replace(/^--|=.*$/g, ''))
    .find((flag) => !new RegExp(`\\b${flag}\\b`).test(source));
  return lost === undefined ? undefined : `${path} does not know --${lost}`;
}

function refusedByNpx([program = '', ...args]: readonly string[]):
  | Promise<string | undefined>
  | string
  | undefined {
  if (program === 'antitransfer') return refused(args);
  if (program === 'vite') return undefined;
  if (program !== 'vitest') return `no page should need npx ${program}`;
  const [, path = ''] = args;
  return existsSync(join(repository, path)) ? undefined : `there is no ${path}`;
}

/** Programs of the system that pages use. */
const system = new Set(
  'apt-get cat cd cp docker dpkg-deb for git kubectl mkdir pip redis-server sbatch sh tar xargs do done head from=soundfonts/usr/share/sounds/sf2'.split(
    ' ',
  ),
);

async function whyNot({ program, args }: ShellCommand): Promise<string | undefined> {
  if (program === 'npx') return refusedByNpx(args);
  if (program === 'antitransfer') return refused(args);
  if (program === 'npm') return refusedByNpm(args);
  if (program === 'node') return refusedByNode(args);
  return system.has(program) ? undefined : `"${program}" is no program that is known here`;
}

/** The commands of a page: blocks of shell, ours in other blocks and within lines, where they are whole. */
function commandsOf({ blocks, spans }: Page): { line: number; command: ShellCommand }[] {
  const isOurs = (code: string) => /^(npx )?antitransfer [a-z-]+ .*\S/.test(code) && !/ …|\.\.\./.test(code);
  const shell = blocks.filter(({ language }) => language === 'sh');
  const lines = blocks
    .filter(({ language }) => language === 'text')
    .map(({ code, line }) => ({
      line,
      code: code
        .replaceAll('\\\n', ' ')
        .split('\n')
        .filter((text) => text.startsWith('npx antitransfer'))
        .join('\n'),
    }));
  const inLines = spans.filter(({ code }) => isOurs(code) && /(^npx| --)/.test(code));
  return [...shell, ...lines, ...inLines].flatMap(({ code, line }) =>
    shellCommands(code).map((command) => ({ line, command })),
  );
}

describe('commands in the documentation', { timeout: 300_000 }, () => {
  const found = pages.map((page) => ({ page, commands: commandsOf(parsePage(read(page))) }));

  it('are found', () => {
    const ours = found.flatMap(({ commands }) =>
      commands.filter(({ command }) => command.program === 'npx' && command.args[0] === 'antitransfer'),
    );
    expect(ours.length).toBeGreaterThan(70);
  });

  it('are refused where a command, a flag, a script or a file is missing', async () => {
    const why = async (line: string) => whyNot(shellCommands(line)[0] ?? { program: '', args: [] });
    expect(await why('npx antitransfer compare --seeds 1 my.yaml # so')).toBeUndefined();
    expect(await why('npx antitransfer compare --sedes 1')).toContain("unknown option '--sedes'");
    expect(await why('npx antitransfer predit x.onnx')).toContain("unknown command 'predit'");
    expect(await why('npx antitransfer export runs/demo')).toContain("required option '--output <file>'");
    expect(await why('npx antitransfer data describ spoken')).toContain("unknown command 'describ'");
    expect(await why('npm run bild')).toContain('no script "bild"');
    expect(await why('npm publish -w onnx-autogard')).toContain('no workspace');
    expect(await why('node bench/pytorch.mjs --rounds 3')).toBeUndefined();
    expect(await why('node bench/pytorch.mjs --runds 3')).toContain('does not know --runds');
    expect(await why('node bench/pytorhc.mjs')).toContain('there is no bench/pytorhc.mjs');
    expect(await why('npxx antitransfer')).toContain('no program that is known');
  });

  it('are told from comments, other commands, redirections and texts that are fed', () => {
    const block = "A=1 x 'y z' \\\n  --to w # c\ncat > f <<'END'\nnot: this\nEND\na && b [--c D] | e > g\n";
    expect(shellCommands(block)).toEqual([
      { program: 'x', args: ['y z', '--to', 'w'] },
      { program: 'cat', args: [] },
      { program: 'a', args: [] },
      { program: 'b', args: ['--c', 'D'] },
      { program: 'e', args: [] },
    ]);
  });

  it.each(found.filter(({ commands }) => commands.length > 0))(
    'of $page are as they are',
    async ({ commands }) => {
      const wrong: unknown[] = [];
      for (const { line, command } of commands) {
        const why = await whyNot(command);
        if (why !== undefined)
          wrong.push({ line, why, command: [command.program, ...command.args].join(' ') });
      }
      expect(wrong).toEqual([]);
    },
  );
});
