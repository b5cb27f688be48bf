import { differingSettings, UserError } from 'antitransfer/runs';
import type { DifferenceView } from '../views/difference.js';
import type { Resource } from './resource.js';

/** No export holds it: an export is of one comparison. */
export const difference: Resource<DifferenceView> = {
  path: 'runs/:run/difference',
  description: 'The settings in which a comparison differs from another, which ?with= names.',
  load: async (studio, { run, query }) => {
    const here = await studio.comparison(run);
    if (query.with === undefined) throw new UserError('Say with which comparison: ?with=ITS-NAME.');
    const there = await studio.comparison(query.with);
    const [before, after] = await Promise.all([there.index(), here.index()]);
    return { settings: differingSettings(before.experiment, after.experiment) };
  },
};
