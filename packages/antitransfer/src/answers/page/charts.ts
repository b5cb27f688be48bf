// "antitransfer/charts": the report's charts and colours, for pages that draw them by themselves. Loads nothing of Node when a
// bundler takes the condition `browser`. Experimental.

export { type HeatMapOptions, heatMap } from '../charts/heat-map.js';
export {
  type CurvePoint,
  type Line,
  type LinesOptions,
  linesChart,
  rangeOf,
} from '../charts/lines.js';
export { chart } from '../charts/plot.js';
export { type StripOptions, type StripRow, stripChart } from '../charts/strip.js';
export { html, Markup } from '../markup.js';
export { methodColours, paletteStyles } from './palette.js';
