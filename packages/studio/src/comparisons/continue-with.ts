import { defaultCache, paths } from 'antitransfer/runs';
import { typed } from './typed.js';

/** What is typed to go on with a comparison that has stopped; its configuration is beside its results. */
export function continueWith(folder: string, store: string, cache: string): string {
  const places = [
    '--output',
    folder,
    '--store',
    store,
    ...(cache === defaultCache() ? [] : ['--cache', cache]),
  ];
  return typed(['npx', 'antitransfer', 'compare', paths.config(folder), ...places]);
}
