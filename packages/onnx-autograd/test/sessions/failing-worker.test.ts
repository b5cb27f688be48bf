import { afterEach, describe, expect, it, vi } from 'vitest';
import { TrainingSession } from '../../src/sessions/browser/session.js';
import { started } from '../../src/sessions/browser/started.js';
import type { Question } from '../../src/sessions/remote.js';
import { smallTraining } from './training-network.js';

afterEach(() => vi.unstubAllGlobals());

describe('a training in a page whose worker fails while it opens', () => {
  it.each(['device', 'web'])('ends the worker, when it cannot say its %s', async (failing) => {
    const ended = vi.fn();
    // Node has no Worker of pages: this one answers as its script does.
    class FailingWorker {
      onmessage: ((event: { data: unknown }) => void) | null = null;
      readonly terminate = ended;

      constructor() {
        queueMicrotask(() => this.onmessage?.({ data: started }));
      }

      postMessage(message: Partial<Question>): void {
        const { id, method } = message;
        if (id === undefined) return;
        const error = { name: 'Error', message: `no ${method}` };
        const answer = method === failing ? { id, error } : { id, result: 'wasm' };
        queueMicrotask(() => this.onmessage?.({ data: answer }));
      }
    }
    vi.stubGlobal('Worker', FailingWorker);
    await expect(TrainingSession.create(smallTraining())).rejects.toThrow(`no ${failing}`);
    expect(ended).toHaveBeenCalledOnce();
  });
});
