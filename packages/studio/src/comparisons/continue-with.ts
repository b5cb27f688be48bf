import { defaultCache, paths } from 'antitransfer/runs';

/** What is typed to go on with a comparison that has stopped; its configuration is beside its results. */
export function continueWith(folder: string, store: string, cache: string): string {
  const places = [`--output ${quoted(folder)}`, `--store ${quoted(store)}`];
  if (cache !== defaultCache()) places.push(`--cache ${quoted(cache)}`);
  return `npx antitransfer compare ${quoted(paths.config(folder))} ${places.join(' ')}`;
}

/** As a shell takes it for one word. */
export function quoted(path: string): string {
  if (process.platform === 'win32') return /^[\w.:/\\-]+$/.test(path) ? path : `"${path}"`;
  return /^[\w./:-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
