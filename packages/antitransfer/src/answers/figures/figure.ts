import type { Markup } from '../markup.js';
import { html } from '../markup.js';

/** A picture with its title and its key: on a page, or as a file of its own. */
export interface Figure {
  /** Unlike that of the others; what a file of it is called. */
  readonly id: string;
  readonly title: string;
  readonly keys: readonly FigureKey[];
  readonly panels: readonly FigurePanel[];
  /** How many panels stand beside each other in a file. */
  readonly columns: number;
}

export interface FigurePanel {
  /** Empty of the only panel. */
  readonly title: string;
  /** Charts as SVG, one below the other, so many pixels wide. */
  draw(width: number): readonly Markup[];
}

/** What a colour or a shape means. */
export interface FigureKey {
  readonly shape: KeyShape;
  readonly label: string;
  /** Of what is neutral, that of the text. */
  readonly colour?: string;
  /** What is written below a bar. */
  readonly sign?: string;
}

type KeyShape =
  | 'bar'
  | 'hollow-bar'
  | 'dot'
  | 'hollow-dot'
  | 'line'
  | 'dashed-line'
  | 'diamond'
  | 'ring'
  | 'whisker';

/** Width and height of a key's symbol, pixels. */
export const KEY = { width: 22, height: 14 };

/** What is drawn of a key. */
export function keyShape({ shape, colour = 'currentColor' }: FigureKey): Markup {
  switch (shape) {
    case 'bar':
      return html`<rect x="5" y="1" width="12" height="12" fill="${colour}"/>`;
    case 'hollow-bar':
      return html`<rect x="6" y="2" width="10" height="10" fill="none" stroke="${colour}" stroke-width="2"/>`;
    case 'dot':
      return html`<circle cx="11" cy="7" r="5" fill="${colour}"/>`;
    case 'hollow-dot':
      return html`<circle cx="11" cy="7" r="4.5" fill="none" stroke="${colour}" stroke-width="2"/>`;
    case 'line':
      return html`<path d="M0 7H22" fill="none" stroke="${colour}" stroke-width="2"/>`;
    case 'dashed-line':
      return html`<path d="M0 7H22" fill="none" stroke="${colour}" stroke-width="2" stroke-dasharray="5 3"/>`;
    case 'diamond':
      return html`<path d="M11 0L17 7L11 14L5 7Z" fill="${colour}"/>`;
    case 'ring':
      return html`<circle cx="11" cy="7" r="6" fill="none" stroke="${colour}" stroke-width="1.75"/><circle cx="11" cy="7" r="3" fill="${colour}"/>`;
    case 'whisker':
      return html`<path d="M11 0V14" fill="none" stroke="${colour}" stroke-width="2"/>`;
  }
}

/** The key of a figure on a page. */
export function figureKeys(keys: readonly FigureKey[]): Markup {
  const { width, height } = KEY;
  return html`<ul class="keys figure-keys">${keys.map(
    (key) =>
      html`<li>${key.sign !== undefined && html`<span class="sign">${key.sign}</span>`}<svg viewBox="0 0 ${width} ${height}" aria-hidden="true">${keyShape(key)}</svg>${key.label}</li>`,
  )}</ul>`;
}
