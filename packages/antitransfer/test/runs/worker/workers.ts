import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { bin } from '../../compare-command.js';

/** The command `worker` in a process of its own. */
export class WorkerCommand {
  #text = '';
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly text: string }>;

  /** @param args behind the command's name */
  constructor(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    this.child = spawn(process.execPath, [bin, 'worker', ...args], {
      env: { ...process.env, ...environment },
    });
    this.child.stdout?.on('data', (chunk: Buffer) => (this.#text += chunk));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.#text += chunk));
    this.ended = new Promise((resolve) => {
      this.child.on('close', (code) => resolve({ code, text: this.#text }));
    });
  }

  get text(): string {
    return this.#text;
  }

  /** Until it has said something. */
  async says(pattern: RegExp): Promise<void> {
    for (let tries = 0; !pattern.test(this.#text); tries++) {
      if (this.child.exitCode !== null || tries > 1200)
        throw new Error(`The worker never said ${pattern}; it said:\n${this.#text}`);
      await wait(50);
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}
