import { type Dimension, symbol } from './shape.js';

/** How sizes that follow from others are computed; what a form is called begins the name of such a size. */
const forms = {
  /** Places of a window: it moves by `stride`; `extra` is the padding less what the window reaches over. */
  window: (length: number, stride: number, extra: number) => Math.floor((length + extra) / stride) + 1,
  /** The same, the last one cut; none begins in the padding behind the end. */
  windowUp: (length: number, stride: number, extra: number, before: number) => {
    const count = Math.ceil((length + extra) / stride) + 1;
    return (count - 1) * stride >= length + before ? count - 1 : count;
  },
  /** Places of a window that is padded until each stride has one (`SAME_UPPER`, `SAME_LOWER`). */
  same: (length: number, stride: number) => Math.ceil(length / stride),
  /** What a transposed convolution writes. */
  transposed: (length: number, stride: number, more: number) => (length - 1) * stride + more,
  /** Frames of a signal. */
  frames: (samples: number, length: number, step: number) =>
    Math.max(0, 1 + Math.floor((samples - length) / step)),
  /** An axis stretched or shrunk. */
  resized: (length: number, scale: number) => Math.floor(length * scale),
  /** What a `Slice` takes of an axis. */
  slice: (length: number, start: number, end: number, step: number) =>
    rangeOver({ start, end, step }, length).count,
} as const;

type Forms = typeof forms;
/** What a form is computed with, but for the size itself. */
type Settings<F extends keyof Forms> =
  Parameters<Forms[F]> extends [number, ...infer Rest extends number[]] ? Rest : never;

/** A size that follows from another: a number where that is one, else a name from which {@link sizeOf} computes it. */
export function derivedSize<F extends keyof Forms>(
  form: F,
  size: Dimension,
  ...settings: Settings<F>
): Dimension {
  const compute = forms[form] as (...numbers: number[]) => number;
  return typeof size === 'number' ? compute(size, ...settings) : symbol(`${form}(${[size, ...settings]})`);
}

/** First index and number of elements of a `Slice` over an axis of known length. */
export function rangeOver(
  { start, end, step }: { readonly start: number; readonly end: number; readonly step: number },
  length: number,
): { first: number; count: number } {
  const limit = (index: number, low: number, high: number) =>
    Math.min(Math.max(index < 0 ? index + length : index, low), high);
  const forward = step > 0;
  const first = limit(start, 0, forward ? length : length - 1);
  const last = limit(end, forward ? 0 : -1, length);
  return { first, count: Math.max(0, Math.ceil((last - first) / step)) };
}

/**
 * A size when those of the inputs are known: itself, a product, a sum, a quotient, or one that {@link derivedSize} names.
 *
 * @returns `undefined` where it depends on more than sizes, such as how many elements are not zero
 */
export function sizeOf(dimension: Dimension, sizes: ReadonlyMap<string, number>): number | undefined {
  if (typeof dimension === 'number') return dimension;
  // A user may call a size anything, also what looks like a product.
  const known = sizes.get(dimension);
  if (known !== undefined) return known;
  const factors = parts(dimension, '*', '·');
  if (factors.length > 1) return combined(factors, sizes, (a, b) => a * b);
  if (/^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(dimension)) return Number(dimension);
  const [, form = '', inside] = /^(\w*)\((.*)\)$/s.exec(dimension) ?? [];
  if (inside === undefined) return undefined;
  if (form !== '') return applied(form, parts(inside, ','), sizes);
  const terms = parts(inside, '+');
  if (terms.length > 1) return combined(terms, sizes, (a, b) => a + b);
  const [total, divisor, ...more] = parts(inside, '/').map((part) => sizeOf(part, sizes));
  if (total === undefined || divisor === undefined || more.length > 0) return undefined;
  const quotient = total / divisor;
  return Number.isInteger(quotient) ? quotient : undefined;
}

function applied(
  form: string,
  given: readonly string[],
  sizes: ReadonlyMap<string, number>,
): number | undefined {
  if (!isForm(form)) return undefined;
  const compute = forms[form] as (...numbers: number[]) => number;
  // Settings are numbers; what stands before them is the size, with the commas that its name may have.
  const first = given.length - compute.length + 1;
  if (first < 1) return undefined;
  const size = sizeOf(given.slice(0, first).join(','), sizes);
  const settings = given.slice(first).map(Number);
  return size === undefined || settings.some(Number.isNaN) ? undefined : compute(size, ...settings);
}

function isForm(form: string): form is keyof Forms {
  return Object.hasOwn(forms, form);
}

function combined(
  texts: readonly string[],
  sizes: ReadonlyMap<string, number>,
  join: (a: number, b: number) => number,
): number | undefined {
  const numbers = texts.map((text) => sizeOf(text, sizes)).filter((number) => number !== undefined);
  return numbers.length === texts.length ? numbers.reduce(join) : undefined;
}

/** Text between separators that stand in no parentheses. */
function parts(text: string, ...separators: readonly string[]): string[] {
  const found = [''];
  let depth = 0;
  for (const letter of text) {
    if (letter === '(') depth++;
    if (letter === ')') depth--;
    if (depth === 0 && separators.includes(letter)) found.push('');
    else found[found.length - 1] += letter;
  }
  return found;
}
