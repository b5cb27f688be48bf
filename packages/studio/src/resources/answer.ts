import { isEarlier } from '../comparisons/earlier-answer.js';
import type { FoundView } from '../views/found.js';
import type { Resource } from './resource.js';

export const answer: Resource<FoundView> = {
  path: 'runs/:run/answer',
  description:
    'What was found: verdict, tables and strips of the report; nothing as long as no results are left.',
  load: async (studio, { run }) => {
    const comparison = await studio.comparison(run);
    const [index, results, found] = [
      await comparison.index(),
      await comparison.results(),
      await comparison.answer(),
    ];
    if (results === undefined || found === undefined) return {};
    return { answer: found, isEarlier: isEarlier(results, index) };
  },
  exported: async () => [{}],
};
