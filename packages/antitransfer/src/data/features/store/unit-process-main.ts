import { UserError } from '../../../errors.js';
import type { AudioError } from '../../audio/audio-error.js';
import { UnitComputer } from './unit-computer.js';
import type { FromUnitProcess, SentProblem, ToUnitProcess } from './unit-processes.js';

// A process that computes units of clips, one after another, for another process.

const controller = new AbortController();
const { signal } = controller;
let computer: UnitComputer | undefined;
let busy = false;

function tell(message: FromUnitProcess): void {
  if (process.connected) process.send?.(message);
}

/** Does one thing, and tells what went wrong; ends where it was told to stop meanwhile. */
async function answer(work: (computer: UnitComputer) => Promise<void>): Promise<void> {
  busy = true;
  try {
    if (computer === undefined) throw new Error('It was not told what to compute.');
    await work(computer);
  } catch (error) {
    if (signal.aborted) tell({ kind: 'stopped' });
    else tell(failed(error));
  }
  busy = false;
  if (signal.aborted) leave();
}

function failed(thrown: unknown): FromUnitProcess {
  const { message, stack = '' } = thrown instanceof Error ? thrown : new Error(String(thrown));
  return { kind: 'failed', message, stack: thrown instanceof UserError ? null : stack };
}

function sentProblem([index, { path, reason, message }]: readonly [number, AudioError]): SentProblem {
  return { index, path, reason, message };
}

function stop(): void {
  controller.abort(new Error('It was told to stop.'));
  if (!busy) leave();
}

function leave(): void {
  if (process.connected) process.disconnect();
}

// Ctrl-C reaches the whole group of processes; the one that started this one says when to stop.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', stop);
process.on('disconnect', () => controller.abort(new Error('Who started it is gone.')));
process.on('message', (message: ToUnitProcess) => {
  switch (message.kind) {
    case 'place':
      computer = new UnitComputer(message.place);
      break;
    case 'begin':
      void answer(async (own) => {
        tell({ kind: 'digests', digests: [...(await own.begin(message.files, signal))] });
      });
      break;
    case 'cut':
      void answer(async (own) => {
        const cuts = await own.cut(message.clips, signal);
        tell({ kind: 'cuts', cuts: cuts.map((cut) => cut ?? null), decoded: own.decoded });
      });
      break;
    case 'compute':
      void answer(async (own) => {
        const keys = message.keys.map((key) => key ?? undefined);
        await own.compute(
          message.clips,
          keys,
          signal,
          ({ clips, problems }) => tell({ kind: 'batch', clips, problems: [...problems].map(sentProblem) }),
          message.alongside,
        );
        tell({ kind: 'computed', decoded: own.decoded });
      });
      break;
    case 'stop':
      stop();
      break;
  }
});
