import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What stands behind each command, so that its end is seen. */
const END = 'the command has ended with';

/** The environment without what npm tells the programs that it runs. */
const inherited = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm_|node_options|antitransfer_)/i.test(name)),
);

/** A shell that stays open: what one command changes (`cd`), the next one sees. */
export class Shell {
  #shell;
  #lines;

  constructor(folder, environment) {
    this.environment = { ...inherited, ...environment };
    this.#shell = spawn('bash', [], {
      cwd: folder,
      env: this.environment,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#lines = createInterface({ input: this.#shell.stdout })[Symbol.asyncIterator]();
  }

  /** Runs a line; prints what it says. @throws Error when it does not end well */
  async run(command, { silent = false } = {}) {
    const said = [];
    // Nobody types an answer.
    this.#shell.stdin.write(`{ ${command}\n} < /dev/null; echo "${END} $?"\n`);
    for (;;) {
      const { value: line, done } = await this.#lines.next();
      if (done) throw new Error(`The shell has ended in "${command}".`);
      if (!line.startsWith(END)) {
        said.push(line);
        if (!silent) console.log(line);
        continue;
      }
      const code = Number(line.slice(END.length));
      if (code !== 0) throw new Error(`"${command}" ended with ${code}.`);
      return said.join('\n');
    }
  }

  /** Where it is. */
  folder() {
    return this.run('pwd', { silent: true });
  }

  close() {
    this.#shell.stdin.end();
  }
}
