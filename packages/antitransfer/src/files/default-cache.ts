import { homedir } from 'node:os';
import { join } from 'node:path';

/** What any machine can make again: the demo corpus, compiled programs; and the digests of what was fetched. */
export function defaultCache(environment: NodeJS.ProcessEnv = process.env): string {
  const { ANTITRANSFER_CACHE, XDG_CACHE_HOME } = environment;
  return ANTITRANSFER_CACHE ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'antitransfer');
}
