import { randomBytes } from 'node:crypto';
import { type ServerType, serve } from '@hono/node-server';
import { defaultCache, UserError } from 'antitransfer/runs';
import type { Hono } from 'hono';
import { Catalogue } from '../catalogue/catalogue.js';
import { Keeper } from '../keeping/keeper.js';
import { runList } from '../resources/run-list.js';
import { Studio } from '../studio.js';
import { createApp } from './app.js';
import { requireOptions, type StudioOptions } from './studio-options.js';

/** A studio that answers. */
export interface RunningStudio {
  /** With its token: whoever opens it is the user. */
  readonly url: string;
  /** Ends it; nothing is lost. */
  close(): Promise<void>;
}

/**
 * Starts the studio on this machine alone (127.0.0.1).
 *
 * @throws UserError where a folder is none, an option is not what its type says, or the port is taken
 */
export async function startStudio(options: StudioOptions): Promise<RunningStudio> {
  requireOptions(options);
  const { folders, port, keep, cache } = options;
  const keeper = keep === undefined ? undefined : await Keeper.open(keep);
  const studio = new Studio(await Catalogue.open(folders), cache ?? defaultCache(), keeper);
  const token = randomBytes(24).toString('base64url');
  const { server, port: listened } = await listen(port, (found) => createApp(studio, { port: found, token }));
  // The list is looked through while the user opens a browser. What cannot be read is told to whoever asks for it.
  runList.load(studio, { run: '', query: {} }).catch(() => undefined);
  return {
    url: `http://127.0.0.1:${listened}/?token=${token}`,
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        // Pages keep their streams open.
        if ('closeAllConnections' in server) server.closeAllConnections();
      });
      await studio.close();
    },
  };
}

/**
 * Listens on the port, or on any that is free; whom to answer depends on which it is.
 *
 * @throws UserError when it is taken
 */
function listen(port = 0, appOf: (port: number) => Hono): Promise<{ server: ServerType; port: number }> {
  return new Promise((resolve, reject) => {
    let app: Hono | undefined;
    const server = serve(
      {
        fetch: (request, env) => app?.fetch(request, env) ?? new Response(null, { status: 503 }),
        hostname: '127.0.0.1',
        port,
      },
      ({ port: found }) => {
        try {
          app = appOf(found);
          resolve({ server, port: found });
        } catch (error) {
          server.close();
          reject(error);
        }
      },
    );
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new UserError(
          `--port ${port} cannot be used (${error.code}). Leave it out, and the studio takes one that is free.`,
        ),
      ),
    );
  });
}
