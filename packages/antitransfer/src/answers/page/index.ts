// "antitransfer/report": the report page and its charts, as HTML and SVG. Experimental.

export { type HeatMapOptions, heatMap } from '../charts/heat-map.js';
export type { CurvePoint } from '../charts/lines.js';
export { type Line, type LinesOptions, linesChart, rangeOf } from '../charts/lines.js';
export { spectrogramChart } from '../charts/spectrogram.js';
export { type StripOptions, type StripRow, stripChart } from '../charts/strip.js';
export { type JoinedReportOptions, renderJoinedReport } from '../joined/report/page.js';
export { renderLayers } from '../layers/page.js';
export { html, type Markup } from '../markup.js';
export { meanCurve } from './curves.js';
export { renderReport } from './html.js';
