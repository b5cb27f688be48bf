import { quoted } from './continue-with.js';

/** What is typed to look at every layer of a comparison's networks. */
export function lookAtLayers(folder: string): string {
  return `npx antitransfer analyze ${quoted(folder)}`;
}
