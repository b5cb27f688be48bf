import { typed } from './typed.js';

/** What is typed to look at every layer of a comparison's networks. */
export function lookAtLayers(folder: string): string {
  return typed(['npx', 'antitransfer', 'analyze', folder]);
}
