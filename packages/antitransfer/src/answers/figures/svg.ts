import { parseHTML } from 'linkedom';
import { html, type Markup, safe } from '../markup.js';
import { paletteOf } from '../page/palette.js';
import { type Figure, type FigureKey, type FigurePanel, KEY, keyShape } from './figure.js';

const MARGIN = 14;
const TITLE = 26;
/** A line of the key, and its letters, pixels. */
const LINE = 22;
const LETTERS = 12;
/** What is written takes so many pixels a letter, generously: fonts differ. */
const CHARACTER = 7.2;
const GAP = 24;

/** Families that a viewer has, most like the page's first. */
const FONTS = 'Helvetica, Arial, "Liberation Sans", "DejaVu Sans", sans-serif';

/**
 * A figure as an SVG file that stands by itself, in the colours of paper: its title, its key, and its panels beside each other.
 *
 * @param width of the charts, pixels; the picture is a margin wider on both sides
 */
export function figureSvg({ title, keys, panels, columns }: Figure, width: number): string {
  const key = keyOf(keys, width);
  const top = MARGIN + TITLE + key.height;
  const grid = gridOf(panels, Math.min(columns, panels.length), width);
  const [wide, high] = [width + 2 * MARGIN, top + grid.height + MARGIN];
  const drawn = html`<svg xmlns="http://www.w3.org/2000/svg" width="${wide}" height="${high}" viewBox="0 0 ${wide} ${high}" color="${paletteOf('light')['--ink'] ?? ''}" font-family="${FONTS}" style="white-space: pre">
<title>${title}</title>
<rect width="100%" height="100%" fill="var(--paper)"/>
<text x="${MARGIN}" y="${MARGIN + 13}" font-size="15" font-weight="600" fill="currentColor">${title}</text>
<g transform="translate(${MARGIN} ${MARGIN + TITLE})" font-size="${LETTERS}">${key.drawn}</g>
<g transform="translate(${MARGIN} ${top})">${grid.drawn}</g>
</svg>
`;
  return onPaper(drawn.source);
}

/** What only a page knows is written out. */
function onPaper(source: string): string {
  const colours = paletteOf('light');
  return source.replace(/var\((--[a-z0-9-]+)\)/g, (_, name: string) => colours[name] ?? 'currentColor');
}

interface Drawn {
  readonly height: number;
  readonly drawn: Markup;
}

/** The key in as many lines as it takes. */
function keyOf(keys: readonly FigureKey[], width: number): Drawn {
  let [left, line] = [0, 0];
  const drawn = keys.map((key) => {
    const { label, sign = '' } = key;
    const signed = sign === '' ? 0 : CHARACTER * sign.length + 5;
    const room = signed + KEY.width + 6 + CHARACTER * label.length + 16;
    if (left > 0 && left + room > width) [left, line] = [0, line + 1];
    const [x, y] = [left, line * LINE];
    left += room;
    return html`<g transform="translate(${x} ${y})" fill="currentColor">${sign !== '' && html`<text y="11" fill="var(--quiet)">${sign}</text>`}<g transform="translate(${signed} 0)">${keyShape(key)}</g><text x="${signed + KEY.width + 6}" y="11">${label}</text></g>`;
  });
  return { height: keys.length === 0 ? 0 : (line + 1) * LINE + 4, drawn: html`${drawn}` };
}

/** Panels in rows of as many columns. */
function gridOf(panels: readonly FigurePanel[], columns: number, width: number): Drawn {
  const each = (width - GAP * (columns - 1)) / columns;
  let top = 0;
  const rows = Array.from({ length: Math.ceil(panels.length / columns) }, (_, row) => {
    const drawn = panels.slice(row * columns, (row + 1) * columns).map((panel) => panelOf(panel, each));
    const [y, height] = [top, Math.max(...drawn.map((one) => one.height))];
    top += height + GAP;
    return drawn.map(
      (one, column) => html`<g transform="translate(${column * (each + GAP)} ${y})">${one.drawn}</g>
`,
    );
  });
  return { height: Math.max(0, top - GAP), drawn: html`${rows}` };
}

function panelOf({ title, draw }: FigurePanel, width: number): Drawn {
  let top = title === '' ? 0 : 20;
  const charts = draw(width).map((markup) => {
    const { source, height } = inside(markup, top);
    top += height + 12;
    return source;
  });
  const heading =
    title !== '' && html`<text y="12" font-size="13" font-weight="600" fill="currentColor">${title}</text>`;
  return { height: top - 12, drawn: html`${heading}${charts}` };
}

/** A chart inside of a picture, so far from above. */
function inside({ source }: Markup, top: number): { readonly source: Markup; readonly height: number } {
  const { document } = parseHTML(`<!doctype html><html><body>${source}</body></html>`);
  const svg = document.querySelector('svg');
  if (svg === null) throw new RangeError('A chart is no SVG.');
  // What is said of it may have characters that act in XML, though not in HTML; the picture has a title.
  for (const name of ['class', 'font-family', 'role', 'aria-label']) svg.removeAttribute(name);
  svg.setAttribute('y', String(top));
  svg.setAttribute('overflow', 'visible');
  return { source: safe(svg.outerHTML), height: Number(svg.getAttribute('height')) };
}
