// "antitransfer/charts": the report's charts and colours, and how it writes numbers, for pages that draw them by themselves. Loads nothing of Node when a
// bundler takes the condition `browser`. Experimental.

export { type HeatMapOptions, heatMap } from '../charts/heat-map.js';
export {
  type CurvePoint,
  type Line,
  type LinesOptions,
  linesChart,
  type RunLine,
  rangeOf,
} from '../charts/lines.js';
export {
  frequencyTicks,
  spectrogramColours,
  spectrogramContrast,
  spectrogramLevel,
} from '../charts/spectrogram-scale.js';
export { type StripOptions, type StripRow, stripChart } from '../charts/strip.js';
export { type MethodRow, type StripFigure, stripOptions } from '../charts/strip-figure.js';
export { type TapCurve, type TapLinesOptions, type TapPoint, tapLinesChart } from '../charts/tap-lines.js';
export {
  formatDuration,
  formatNumberEstimate,
  formatPoints,
  formatShare,
  formatShareEstimate,
} from '../format.js';
export { html, Markup } from '../markup.js';
export { methodColours, paletteStyles } from './palette.js';
