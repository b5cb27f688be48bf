import { setTimeout as wait } from 'node:timers/promises';
import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import { fewAtOnce } from '../catalogue/few-at-once.js';
import { STATES_AGE } from '../comparisons/job-views.js';
import type { Studio } from '../studio.js';

/** Files are looked at this often, in milliseconds. Folders on other machines (NFS) tell nobody that they have changed. */
const LOOK = 200;
/** A sign of life, for whoever closes connections that are silent. */
const SIGN = 15_000;

/**
 * Tells a page when what it shows has changed; it asks again then. With `?run=` of one comparison at once, otherwise of the list of
 * all every two seconds.
 */
export function live(studio: Studio, context: Context): Response {
  const run = context.req.query('run');
  return streamSSE(context, async (stream) => {
    let last: string | undefined;
    let toldAt = performance.now();
    while (!stream.aborted && !stream.closed) {
      const now = await fingerprint(studio, run).catch((error: unknown) => String(error));
      if (now !== last && last !== undefined) await stream.writeSSE({ event: 'change', data: '' });
      else if (performance.now() - toldAt > SIGN) await stream.writeSSE({ event: 'alive', data: '' });
      else {
        // The first look tells nothing: the page has just asked.
        if (last === undefined) await stream.writeSSE({ event: 'alive', data: '' });
        await wait(run === undefined ? STATES_AGE : LOOK);
        last = now;
        continue;
      }
      toldAt = performance.now();
      last = now;
      await wait(run === undefined ? STATES_AGE : LOOK);
    }
  });
}

/** Changes when anything does that a page shows. */
async function fingerprint(studio: Studio, run: string | undefined): Promise<string> {
  if (run !== undefined) return (await studio.comparison(run)).fingerprint(STATES_AGE);
  const found = await studio.catalogue.comparisons();
  const each = await fewAtOnce(found, async ({ id }) => {
    const state = (await studio.comparison(id)).fingerprint(STATES_AGE);
    return state.catch(String);
  });
  return each.join('\n');
}
