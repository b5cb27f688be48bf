import type { Call } from '../remote.js';
import type { EngineAccess } from '../session.js';

/** How many calls are timed: enough that one in which the machine did something else does not decide. */
const timedCalls = 3;
/** Where calls take long, fewer tell as much, in milliseconds of both together. */
const longEnough = 2000;

const computing: ReadonlySet<string> = new Set(['run', 'step', 'accumulatedStep']);
/** What either can tell, as they are alike. */
const telling: ReadonlySet<string> = new Set(['weights', 'snapshot', 'steps', 'device', 'web']);

interface Candidate {
  readonly access: EngineAccess;
  readonly threads: number;
}

/**
 * Two engines of the same training that differ in their threads: the first calls go to both, one after the other, so that both
 * are where the training is, and the faster goes on alone. Whether threads help is a matter of the network: a probe knows
 * nothing of it, and small ones are faster without. How many there are changes no number.
 */
export function tried(one: Candidate, several: Candidate): EngineAccess {
  const begun = new Set<string>();
  let [timed, alone, together] = [0, 0, 0];
  let chosen: Candidate | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let ended: Promise<void> | undefined;

  const choose = (candidate: Candidate) => {
    chosen = candidate;
    // It has answered everything, and whether it ends well is nobody's concern.
    void (candidate === one ? several : one).access.end().catch(() => undefined);
  };

  const ask: Call = async (method, ...parameters) => {
    if (chosen !== undefined) return chosen.access.call(method, ...parameters);
    if (telling.has(method)) return several.access.call(method, ...parameters);
    const asked = async ({ access }: Candidate) => {
      const start = performance.now();
      const [settled] = await Promise.allSettled([access.call(method, ...parameters)]);
      return { settled, took: performance.now() - start };
    };
    const [first, second] = [await asked(one), await asked(several)];
    const answer = first.settled.status === 'fulfilled' ? first.settled : second.settled;
    if (first.settled.status !== second.settled.status) {
      // What fails in one alone is no matter of the training: memory that was refused, a thread that the browser has ended.
      choose(answer === first.settled ? one : several);
    } else if (answer.status === 'fulfilled' && computing.has(method)) {
      const program = `${method} ${parameters[0]}`;
      if (begun.has(program)) {
        timed++;
        alone += first.took;
        together += second.took;
        if (timed >= timedCalls || alone + together > longEnough) choose(together < alone ? several : one);
      }
      // Not timed: memory is allocated in a program's first call.
      begun.add(program);
    }
    if (answer.status === 'rejected') throw answer.reason;
    return answer.value;
  };

  return {
    device: several.access.device,
    threads: () => chosen?.threads,
    // One after another, or the two would take the steps in different orders.
    call: (method, ...parameters) => {
      if (chosen !== undefined && waiting === 0) return chosen.access.call(method, ...parameters);
      waiting++;
      // As a message would: the caller may fill its memory anew before the second has been asked.
      const held = structuredClone(parameters);
      const result = last.then(() => ask(method, ...held)).finally(() => waiting--);
      last = result.catch(() => undefined);
      return result;
    },
    end: () => {
      ended ??= last.then(async () => {
        const open = chosen === undefined ? [one, several] : [chosen];
        await Promise.all(open.map(({ access }) => access.end()));
      });
      return ended;
    },
  };
}
