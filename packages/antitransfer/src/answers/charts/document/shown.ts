import type { PlotOptions } from '@observablehq/plot';

/** The page's own. */
declare const document: NonNullable<PlotOptions['document']>;

/** Where charts are drawn in a page; bundlers take this file for `#chart-document`. */
export function chartDocument(): NonNullable<PlotOptions['document']> {
  return document;
}
