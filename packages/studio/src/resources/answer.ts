import type { FoundView } from '../views/found.js';
import type { Resource } from './resource.js';

export const answer: Resource<FoundView> = {
  path: 'runs/:run/answer',
  description:
    'What was found: verdict, tables and strips of the report; nothing as long as no results are left.',
  load: async (studio, { run }) => {
    const found = await (await studio.comparison(run)).answer();
    return found === undefined ? {} : { answer: found };
  },
  exported: async () => [{}],
};
