import { paths } from 'antitransfer/runs';

/** What is typed to go on with a comparison that has stopped; its configuration is beside its results. */
export function continueWith(folder: string): string {
  return `npx antitransfer compare ${quoted(paths.config(folder))} --output ${quoted(folder)}`;
}

/** As a shell takes it for one word. */
export function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
