import { standingOf } from '../comparisons/standing-of.js';
import type { FoundView } from '../views/found.js';
import type { Resource } from './resource.js';

export const answer: Resource<FoundView> = {
  path: 'runs/:run/answer',
  description:
    'What was found: verdict, tables and strips of the report; nothing as long as no seed or fold is complete.',
  load: async (studio, { run }) => {
    const comparison = await studio.comparison(run);
    const index = await comparison.index();
    const results = await comparison.results();
    if (results === undefined) return {};
    const standing = standingOf(results, index);
    return { answer: await comparison.answerTo(results), ...(standing && { standing }) };
  },
  exported: async () => [{}],
};
