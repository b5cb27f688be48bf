import { setTimeout as wait } from 'node:timers/promises';
import { paths } from 'antitransfer/runs';
import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Comparison } from '../comparisons/comparison.js';
import { keyOf } from '../comparisons/kept-file.js';
import type { Studio } from '../studio.js';

/** Files are looked at this often, in milliseconds. Folders on other machines (NFS) tell nobody that they have changed. */
const LOOK = 200;
/** The states of jobs: a process that was killed tells nobody. */
const LOOK_AT_STATES = 2000;
/** A sign of life, for whoever closes connections that are silent. */
const SIGN = 15_000;

/**
 * Tells a page when what it shows has changed; it asks again then. With `?run=` of one comparison at once, otherwise of the list of
 * all every two seconds.
 */
export function live(studio: Studio, context: Context): Response {
  const run = context.req.query('run');
  return streamSSE(context, async (stream) => {
    let last = '';
    let toldAt = performance.now();
    while (!stream.aborted && !stream.closed) {
      const now = await fingerprint(studio, run).catch((error: unknown) => String(error));
      if (now !== last && last !== '') await stream.writeSSE({ event: 'change', data: '' });
      else if (performance.now() - toldAt > SIGN) await stream.writeSSE({ event: 'alive', data: '' });
      else {
        // The first look tells nothing: the page has just asked.
        if (last === '') await stream.writeSSE({ event: 'alive', data: '' });
        await wait(run === undefined ? LOOK_AT_STATES : LOOK);
        last = now;
        continue;
      }
      toldAt = performance.now();
      last = now;
      await wait(run === undefined ? LOOK_AT_STATES : LOOK);
    }
  });
}

/** Changes when anything does that a page shows. */
async function fingerprint(studio: Studio, run: string | undefined): Promise<string> {
  if (run !== undefined) return fingerprintOf(await studio.comparison(run));
  const found = await studio.catalogue.comparisons();
  const each = found.map(async ({ id }) => fingerprintOf(await studio.comparison(id)).catch(String));
  return (await Promise.all(each)).join('\n');
}

async function fingerprintOf(comparison: Comparison): Promise<string> {
  const { folder } = comparison;
  const files = [paths.index(folder), paths.results(folder), paths.analysis(folder)];
  const jobs = await Promise.all(
    (await comparison.jobs()).map(async ({ id }) => {
      const state = await comparison.stateLately(id, LOOK_AT_STATES);
      if (state.state === 'done') return 'done';
      return `${state.state} ${await keyOf((await comparison.jobFolder(id)).eventFile)}`;
    }),
  );
  return [...(await Promise.all(files.map(keyOf))), ...jobs].join(' ');
}
