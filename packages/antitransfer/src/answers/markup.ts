/** A piece of HTML that is safe to insert as it is. */
export class Markup {
  constructor(readonly source: string) {}
}

type Value = Markup | string | number | undefined | false | readonly Value[];

/**
 * A template for HTML. Values are escaped unless they are {@link Markup}; lists are joined; `undefined` and `false`
 * leave nothing.
 *
 * ```ts
 * html`<p title="${'a "b"'}">${html`<b>bold</b>`}</p>`.source;   // <p title="a &quot;b&quot;"><b>bold</b></p>
 * ```
 */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return new Markup(strings.map((text, index) => text + write(values[index])).join(''));
}

/** Marks text as HTML that is already safe, such as a chart that a library wrote. */
export function safe(source: string): Markup {
  return new Markup(source);
}

function write(value: Value): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Markup) return value.source;
  if (Array.isArray(value)) return value.map(write).join('');
  return escapeText(String(value));
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}

const MEANINGS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(ESCAPES).map(([character, written]) => [written, character]),
);

/** What a text says that {@link html} has escaped. */
export function plainText(source: string): string {
  return source.replace(/&(?:amp|lt|gt|quot|#39);/g, (written) => MEANINGS[written] ?? written);
}
