import { type Markup, safe } from '../markup.js';
import { paletteStyles } from './palette.js';

/** The style sheet of the report: screen, phone, dark, paper. */
export function styles(): Markup {
  return safe(`
:root { color-scheme: light dark; --heat: .6; ${paletteStyles('light')} }
@media screen and (prefers-color-scheme: dark) {
  :root { --heat: .42; ${paletteStyles('dark')} }
}
${LAYOUT}
${TABLES}
${CHARTS}
${SMALL_AND_PAPER}`);
}

const LAYOUT = `
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 64px 32px 96px; }
h1 { font-family: Charter, "Bitstream Charter", "Iowan Old Style", "Palatino Linotype", Georgia, serif; font-weight: 400; }
h3 { font-size: 17px; line-height: 1.3; font-weight: 600; margin: 40px 0 4px; }
figure + h3 { margin-top: 56px; }
h2 { font-size: 20px; line-height: 1.3; font-weight: 600; letter-spacing: -.01em; margin: 0 0 6px; }
section { margin-top: 64px; }
section + section[aria-label]:last-child { margin-top: 0; }
.kicker { margin: 0 0 18px; font-size: 14px; color: var(--quiet); }
.so-far { margin: 0 0 18px; padding: 8px 12px; border-left: 3px solid var(--ink); background: var(--wash, transparent); }
.kicker b { color: var(--ink); font-weight: 600; }
.verdict { font-size: 29px; line-height: 1.32; letter-spacing: -.008em; margin: 0 0 24px; max-width: 34em; text-wrap: pretty; }
.reasons { margin: 0 0 32px; padding: 0; list-style: none; max-width: 76ch; }
.reasons li { padding-left: 18px; position: relative; margin-bottom: 6px; }
.reasons li::before { content: ""; position: absolute; left: 0; top: .78em; width: 8px; border-top: 1.5px solid var(--quiet); }
.facts { display: flex; flex-wrap: wrap; gap: 14px 40px; margin: 0; padding-top: 18px; border-top: 1px solid var(--rule); font-size: 14px; }
.facts dt { font-size: 12.5px; color: var(--quiet); }
.facts dd { margin: 0; font-variant-numeric: tabular-nums; }
.lead { margin: 0 0 22px; max-width: 76ch; color: var(--quiet); font-size: 15px; }
.note, .small, small { color: var(--quiet); font-size: 13px; font-weight: 400; }
.note { max-width: 92ch; margin: 12px 0 0; }
.note b { font-weight: 600; color: var(--ink); }
.method { display: inline-flex; align-items: baseline; gap: 8px; }
.swatch { flex: none; width: 10px; height: 10px; border-radius: 50%; background: var(--colour); border: 2px solid var(--colour); }
.swatch.control { background: transparent; }
.keys { display: flex; flex-wrap: wrap; gap: 4px 24px; margin: -6px 0 24px; font-size: 14px; }
figure .keys { margin: 0 0 14px; font-weight: 400; }
.figure-keys { padding: 0; list-style: none; gap: 4px 20px; font-size: 13px; }
.figure-keys li { display: inline-flex; align-items: center; gap: 7px; }
.figure-keys svg { flex: none; width: 22px; height: 14px; }
.figure-keys .sign { min-width: 1em; color: var(--quiet); text-align: right; font-variant-numeric: tabular-nums; }
ul.note { padding-left: 18px; }
.list dd small { display: block; }
figure + figure, figure + .note + figure { margin-top: 36px; }
.pair figure, .grid figure { margin-top: 0; }
.key { white-space: nowrap; margin-left: 10px; color: var(--ink); font-size: 14px; }
.key svg { width: 26px; height: 8px; stroke: currentColor; stroke-width: 2; }
.tag { display: inline-block; margin-left: 18px; color: var(--quiet); font-size: 12.5px; font-weight: 400; }
details { border-top: 1px solid var(--rule); }
.note + details { margin-top: 12px; }
section:last-of-type > details:last-child { border-bottom: 1px solid var(--rule); }
#setup { margin-bottom: 14px; }
summary { padding: 12px 0; cursor: pointer; font-weight: 500; }
summary:focus-visible, .scroll:focus-visible, pre:focus-visible, button:focus-visible { outline: 2px solid var(--hue-0); outline-offset: 2px; }
details > div { padding: 2px 0 20px; }
.list { margin: 0; font-size: 15px; }
.list > div { display: grid; grid-template-columns: 230px minmax(0, 70ch); gap: 4px 24px; padding: 5px 0; }
.list dt { color: var(--quiet); }
.list dd { margin: 0; overflow-wrap: anywhere; }
details p { margin: 0 0 8px; max-width: 76ch; }
pre { margin: 0; padding: 16px 18px; background: var(--wash); border-radius: 4px; font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; overflow: auto; max-height: 480px; }
`;

const TABLES = `
/* A shadow at the side where a table goes on. */
.scroll { overflow-x: auto; background: linear-gradient(to right, var(--paper) 30%, transparent) left / 40px 100% no-repeat local, linear-gradient(to left, var(--paper) 30%, transparent) right / 40px 100% no-repeat local, linear-gradient(to right, var(--shade), transparent) left / 12px 100% no-repeat scroll, linear-gradient(to left, var(--shade), transparent) right / 12px 100% no-repeat scroll; --shade: color-mix(in srgb, var(--ink) 16%, transparent); }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
.results { width: 100%; font-size: 14px; }
.results td small { font-size: 12px; }
.results th, .results td { padding: 9px 0 9px 16px; text-align: right; white-space: nowrap; vertical-align: baseline; }
.results thead th { font-weight: 500; font-size: 13px; vertical-align: bottom; border-bottom: 1px solid var(--ink); padding-bottom: 7px; }
.results thead th small { display: block; font-size: 12px; }
.results th:first-child { text-align: left; padding-left: 0; }
.results tbody th { font-weight: 400; min-width: 170px; white-space: normal; line-height: 1.35; }
.results tbody .tag { display: block; }
.results tbody td, .results tbody th { border-bottom: 1px solid var(--grid); }
.results tbody tr:last-child > * { border-bottom-color: var(--rule); }
.results .interval { padding-left: 8px; color: var(--quiet); }
.results thead th[colspan] { border-bottom-color: var(--rule); padding-bottom: 2px; font-weight: 600; text-align: center; }
.scroll + .scroll, .scroll + .more + .scroll { margin-top: 32px; }
.more { margin: 0 0 6px; font-size: 13px; color: var(--quiet); }
.scroll + .more:not([hidden]) { margin-top: 32px; }
.scroll + .more:not([hidden]) + .scroll { margin-top: 0; }
.joined tbody th { min-width: 240px; }
.groups tbody td small { display: block; }
.groups thead th, .cells thead th { white-space: normal; }
.results .best .method, .results .best .gain { font-weight: 650; }
.results .summary th, .results .summary td { border-top: 1px solid var(--rule); }
.results .gain { min-width: 62px; }
.confusion { table-layout: fixed; width: 100%; font-size: 11.5px; line-height: 1; }
.confusion th { font-weight: 400; color: var(--quiet); padding: 0 6px 0 0; text-align: right; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.confusion .corner { width: max(var(--labels) + 8px, 40px); }
.confusion thead th { padding: 0 0 6px; text-align: center; vertical-align: bottom; }
.confusion.upright thead th:not(.axis) { height: calc(var(--labels) + 6px); }
.confusion.upright thead th:not(.axis) span { writing-mode: vertical-rl; transform: rotate(180deg); }
.confusion thead .axis { text-align: left; padding-bottom: 4px; overflow: visible; }
.confusion .corner { color: var(--quiet); padding: 0 0 6px; vertical-align: bottom; white-space: nowrap; overflow: visible; }
.confusion tbody td { height: 27px; padding: 0; text-align: center; border: 1px solid var(--paper); background: color-mix(in srgb, var(--colour) calc(var(--share, 0%) * var(--heat)), var(--wash)); print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.confusion.crowded { font-size: 10px; }
.confusion.crowded tbody td { height: 12px; border-width: 0; }
.confusion.crowded tbody th { line-height: 12px; }
`;

const CHARTS = `
figure { margin: 0; break-inside: avoid; min-width: 0; }
figcaption { display: flex; justify-content: space-between; align-items: baseline; gap: 12px; font-size: 14px; font-weight: 600; margin-bottom: 8px; }
.save { flex: none; }
.save[hidden] { display: none; }
.save button { font: inherit; font-size: 12px; font-weight: 400; color: var(--quiet); background: none; border: 1px solid var(--rule); border-radius: 4px; padding: 2px 7px; min-height: 24px; cursor: pointer; }
.save button:hover { color: var(--ink); border-color: var(--quiet); }
figcaption .method { font-weight: 600; }
figcaption small { display: block; padding-left: 18px; }
.chart { display: block; width: 100%; height: auto; overflow: visible; font-family: inherit; color: var(--ink); }
.chart text { white-space: pre; }
.medium, .narrow { display: none; }
.pair { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 36px 48px; }
.grid { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 40px 40px; }
.note + .grid { margin-top: 16px; }
.grid.two { grid-template-columns: repeat(2, minmax(0, 1fr)); }
.grid .chart + .chart, figure > div > .chart + .chart { margin-top: 12px; }
.clip audio { display: block; width: 100%; height: 36px; margin: 8px 0 12px; }
.clip dl { display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 0; font-size: 14px; }
.clip dl div { display: flex; gap: 6px; }
.clip dt { color: var(--quiet); }
.clip dd { margin: 0; font-weight: 600; }
.clip figcaption { margin: 0 0 4px; font-size: 12.5px; font-weight: 400; color: var(--quiet); }
.clip figcaption > span:first-child { overflow-wrap: anywhere; }
.clip .small { margin: 8px 0 2px; }
.recognised { margin: 0; padding: 0; list-style: none; font-size: 13px; }
.recognised li { display: flex; justify-content: space-between; gap: 12px; font-variant-numeric: tabular-nums; }
.recognised li > span:last-child { text-align: right; }
`;

const SMALL_AND_PAPER = `
@media (max-width: 960px) {
  .wide { display: none; }
  .medium { display: block; }
  .grid { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .results th, .results td { padding-left: 10px; }
  .results thead th { white-space: normal; }
  .results tbody th, .joined tbody th { min-width: 130px; }
  .results tbody td small { display: block; }
}
@media (max-width: 640px) {
  main { padding: 32px 20px 64px; }
  section { margin-top: 48px; }
  .verdict { font-size: 22px; }
  .facts { gap: 10px 28px; }
  .medium { display: none; }
  .narrow { display: block; }
  .pair, .grid, .grid.two { grid-template-columns: minmax(0, 1fr); }
  .list > div { grid-template-columns: minmax(0, 1fr); gap: 0; padding: 7px 0; }
  .results th:first-child { position: sticky; left: 0; background: var(--paper); min-width: 148px; padding-right: 4px; }
}
@media print {
  @page { margin: 16mm 14mm; }
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  section { margin-top: 30px; }
  h2, .lead { break-after: avoid; }
  .verdict { font-size: 18pt; }
  .medium { display: block; }
  .wide, .narrow { display: none; }
  .pair { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 24px 32px; }
  .grid { grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 24px; }
  .lead, .list, .reasons { font-size: 9.5pt; line-height: 1.45; }
  figcaption { font-size: 9.5pt; }
  .note, .small, small, .facts { font-size: 8pt; }
  .facts dt { font-size: 7.5pt; }
  .key, .keys { font-size: 9pt; }
  .results { font-size: 7.5pt; }
  .results th, .results td { padding: 5px 0 5px 6px; }
  .results thead th, .results thead th small, .results .tag { font-size: 7pt; }
  .results td small { font-size: 6.5pt; }
  .results tbody th { min-width: 0; }
  .confusion { font-size: 7.5pt; }
  .confusion tbody td { height: 20px; }
  .scroll, pre { overflow: visible; max-height: none; background: none; }
  pre { white-space: pre-wrap; }
  .clip audio, .save, .more { display: none; }
  summary { list-style: none; font-weight: 600; break-after: avoid; }
  summary::-webkit-details-marker { display: none; }
  tr, .list > div { break-inside: avoid; }
  .swatch, .chart { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  ::details-content { content-visibility: visible; height: auto; }
}
`;
