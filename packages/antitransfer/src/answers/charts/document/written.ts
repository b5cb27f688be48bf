import type { PlotOptions } from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/** Where charts are drawn that are written into a page: a document of their own, since Node has none. */
export function chartDocument(): NonNullable<PlotOptions['document']> {
  return parseHTML('<!doctype html><html><body></body></html>').document;
}
