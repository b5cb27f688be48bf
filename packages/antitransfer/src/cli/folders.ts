import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where features and orthogonal networks are kept between comparisons. */
export function defaultCache(environment: NodeJS.ProcessEnv = process.env): string {
  const { ANTITRANSFER_CACHE, XDG_CACHE_HOME } = environment;
  return ANTITRANSFER_CACHE ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'antitransfer');
}

/** Where a comparison of that name leaves its results. */
export function defaultOutput(name: string): string {
  return join('runs', name);
}
