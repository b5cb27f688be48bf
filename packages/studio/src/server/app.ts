import { isUserCaused } from 'antitransfer/runs';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { actions } from '../actions/registry.js';
import { NotFound } from '../not-found.js';
import { resources } from '../resources/registry.js';
import { Binary } from '../resources/resource.js';
import type { Studio } from '../studio.js';
import { type GuardOptions, guard } from './guard.js';
import { live } from './live.js';
import { servePage } from './page-files.js';

/** A recording of five minutes at 16 kHz. */
const LARGEST_BODY = 10 * 1024 * 1024;

/** Everything that the studio answers. */
export function createApp(studio: Studio, options: GuardOptions): Hono {
  const app = new Hono();
  app.use(guard(options));
  app.use(
    bodyLimit({
      maxSize: LARGEST_BODY,
      onError: (context) =>
        context.json({ message: 'This is longer than the 10 MB that the studio takes.' }, 413),
    }),
  );
  app.onError((error, context) => {
    if (error instanceof NotFound) return context.json({ message: error.message }, 404);
    if (isUserCaused(error) || isRefusal(error)) return context.json({ message: error.message }, 422);
    return context.json({ message: `This is a bug in antitransfer, please report it: ${error.stack}` }, 500);
  });
  app.notFound((context) => context.json({ message: 'There is nothing here.' }, 404));

  app.get('/api/live', (context) => live(studio, context));
  for (const resource of resources) {
    app.get(`/api/${resource.path}`, async (context) => {
      const view = await resource.load(studio, {
        run: context.req.param('run') ?? '',
        query: context.req.query(),
      });
      if (!(view instanceof Binary)) return context.json(view);
      return context.body(new Uint8Array(view.bytes), 200, { 'Content-Type': view.type });
    });
  }
  for (const action of actions) {
    app.post(`/api/${action.path}`, async (context) => {
      const body = new Uint8Array(await context.req.arrayBuffer());
      const run = context.req.param('run') ?? '';
      return context.json(await action.carryOut(studio, { run, query: context.req.query(), body }));
    });
  }
  servePage(app);
  return app;
}

/** What the system does not allow, such as to write to a full disk. */
function isRefusal(error: Error): boolean {
  return 'code' in error && 'syscall' in error;
}
