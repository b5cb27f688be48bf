import { createHash } from 'node:crypto';
import { type Markup, safe } from '../markup.js';
import { paletteOf } from './palette.js';

/** What the page does by itself: it opens its closed parts for printing, says which tables go on
 * beyond their edge, and saves figures. Without it, all can be read. */
export function pageScript(): string {
  return `${PRINTING}${SCROLLING}${SAVING}(${JSON.stringify(paletteOf('light'))});`;
}

/**
 * What the page may do: show what is inside of it, and run this script only. Nothing is fetched, and nothing that a label or a
 * name might smuggle in is run.
 */
export function contentSecurityPolicy(script: string): Markup {
  const hash = createHash('sha256').update(script).digest('base64');
  const rules = [
    "default-src 'none'",
    // Colours of methods are custom properties of elements.
    "style-src 'unsafe-inline'",
    `script-src 'sha256-${hash}'`,
    // Figures are drawn from a blob of the page's own when they are saved as PNG.
    'img-src data: blob:',
    'media-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ];
  return safe(`<meta http-equiv="Content-Security-Policy" content="${rules.join('; ')}">`);
}

// Text and not code of this program: the library's types know no page. The tests run it in a browser.

/** Closed parts are opened for printing, and closed again: paper has no buttons. */
const PRINTING = `
let closed = [];
addEventListener('beforeprint', () => {
  closed = [...document.querySelectorAll('details:not([open])')];
  for (const part of closed) part.open = true;
});
addEventListener('afterprint', () => {
  for (const part of closed) part.open = false;
});
`;

/** Tells of each table whether there is more of it than is seen: shadows at its edge are easily overlooked. */
const SCROLLING = `
const widths = new ResizeObserver((entries) => {
  for (const { target } of entries) target.previousElementSibling.hidden = target.scrollWidth <= target.clientWidth;
});
for (const table of document.querySelectorAll('.scroll')) widths.observe(table);
`;

/** Saves what is seen of a figure as one picture with its title, in the colours of paper, which stands by itself. */
const SAVING = `
((colours) => {
  const SPACE = 'http://www.w3.org/2000/svg';
  const element = (name, attributes) => {
    const made = document.createElementNS(SPACE, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  const titleOf = (figure) => figure.querySelector('figcaption > span').textContent;
  const sizeOf = (svg) => ['width', 'height'].map((name) => Number(svg.getAttribute(name)));

  const picture = (figure) => {
    const charts = [...figure.querySelectorAll('svg.chart')].filter((svg) => svg.getClientRects().length > 0);
    const [margin, gap, caption] = [12, 12, 32];
    const width = 2 * margin + Math.max(...charts.map((svg) => sizeOf(svg)[0]));
    const height = 2 * margin + caption + charts.reduce((sum, svg) => sum + sizeOf(svg)[1] + gap, -gap);
    const all = element('svg', {
      width, height, viewBox: '0 0 ' + width + ' ' + height, xmlns: SPACE,
      color: colours['--ink'], 'font-family': 'Helvetica, Arial, sans-serif', style: 'white-space: pre',
    });
    const title = element('text', { x: margin, y: margin + 14, 'font-size': 14, 'font-weight': 600, fill: 'currentColor' });
    title.textContent = titleOf(figure);
    all.append(element('rect', { width: '100%', height: '100%', fill: colours['--paper'] }), title);
    let top = margin + caption;
    for (const svg of charts) {
      const copy = svg.cloneNode(true);
      copy.removeAttribute('class');
      for (const [key, value] of Object.entries({ x: margin, y: top, overflow: 'visible' })) copy.setAttribute(key, value);
      all.append(copy);
      top += sizeOf(svg)[1] + gap;
    }
    const text = new XMLSerializer().serializeToString(all);
    const source = text.replace(/var\\((--[a-z0-9-]+)\\)/g, (_, name) => colours[name] ?? 'currentColor');
    return { source, width, height };
  };

  const asSvg = ({ source }) => new Blob([source], { type: 'image/svg+xml' });
  const asPng = async (drawn) => {
    const image = new Image();
    image.src = URL.createObjectURL(asSvg(drawn));
    await image.decode();
    // Three dots a pixel: sharp in print.
    const canvas = Object.assign(document.createElement('canvas'), { width: 3 * drawn.width, height: 3 * drawn.height });
    canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(image.src);
    return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
  };
  const save = (blob, name) => {
    const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };

  for (const figure of document.querySelectorAll('figure[data-figure]')) {
    for (const button of figure.querySelectorAll('.save button')) {
      button.parentElement.hidden = false;
      button.setAttribute('aria-label', 'Save as ' + button.textContent + ': ' + titleOf(figure));
      button.addEventListener('click', async () => {
        const drawn = picture(figure);
        save(button.value === 'svg' ? asSvg(drawn) : await asPng(drawn), figure.dataset.figure + '.' + button.value);
      });
    }
  }
})`;
