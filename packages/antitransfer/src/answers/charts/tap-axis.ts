import type { PlotOptions } from '@observablehq/plot';

/** A name of a tap has room beside its neighbours, pixels a character. */
const CHARACTER = 7;

export interface TapAxisOptions {
  /** From the input on. */
  readonly taps: readonly string[];
  /** Pixels. */
  readonly width: number;
  /** Where names stand upright, pixels. */
  readonly height: number;
  readonly margins: { readonly left: number; readonly right: number };
  /** What is shown before the first tap and behind the last, in the distance of two. */
  readonly beyond: number;
}

/** The size of a chart over the taps of a network, and their names below it: aslant where they have no room beside each other. */
export function tapAxis({ taps, width, height, margins, beyond }: TapAxisOptions): PlotOptions {
  const room = (width - margins.left - margins.right) / taps.length;
  const isTight = room < CHARACTER * Math.max(...taps.map(({ length }) => length)) + 6;
  return {
    width,
    height: height + (isTight ? 34 : 0),
    marginTop: 26,
    marginBottom: isTight ? 64 : 30,
    marginLeft: margins.left,
    marginRight: margins.right,
    style: { fontSize: '12px' },
    x: {
      type: 'linear',
      domain: [-beyond, taps.length - 1 + beyond],
      ticks: taps.map((_, i) => i),
      tickFormat: (i: number) => taps[i] ?? '',
      label: null,
      tickSize: 0,
      tickPadding: 8,
      ...(isTight && { tickRotate: -60 }),
    },
  };
}
