import type { MethodDescription } from '../results.js';

/**
 * Hues that stay apart with any colour vision (Okabe and Ito, Color Universal Design, 2008), darkened for white paper
 * and lightened for a dark screen, so that each has a contrast of at least 3 with its background.
 */
const HUES: readonly { readonly light: string; readonly dark: string }[] = [
  { light: '#0072b2', dark: '#56b4e9' },
  { light: '#d55e00', dark: '#ff9248' },
  { light: '#008060', dark: '#2fc99e' },
  { light: '#a8528a', dark: '#e59ac8' },
  { light: '#967000', dark: '#e8bf3c' },
  { light: '#5b5fc7', dark: '#a5a8ff' },
  { light: '#9c4a2f', dark: '#d99a80' },
];
const REFERENCE = { light: '#5f6672', dark: '#a3abb8' };

/** The CSS colour of each method by its id; the reference is grey. More methods than hues begin again. */
export function methodColours(methods: readonly MethodDescription[]): ReadonlyMap<string, string> {
  return new Map(
    methods.map(({ id }, index) => [
      id,
      index === 0 ? 'var(--reference)' : `var(--hue-${(index - 1) % HUES.length})`,
    ]),
  );
}

/** The custom properties that {@link methodColours} refers to. */
export function paletteStyles(theme: 'light' | 'dark'): string {
  const hues = HUES.map((hue, index) => `--hue-${index}: ${hue[theme]};`);
  return [`--reference: ${REFERENCE[theme]};`, ...hues].join(' ');
}
