type Theme = 'light' | 'dark';

/**
 * Hues that stay apart with any colour vision (Okabe and Ito, Color Universal Design, 2008), darkened for white paper
 * and lightened for a dark screen, so that each has a contrast of at least 3 with its background.
 */
const HUES: readonly Readonly<Record<Theme, string>>[] = [
  { light: '#0072b2', dark: '#56b4e9' },
  { light: '#d55e00', dark: '#ff9248' },
  { light: '#008060', dark: '#2fc99e' },
  { light: '#a8528a', dark: '#e59ac8' },
  { light: '#967000', dark: '#e8bf3c' },
  { light: '#5b5fc7', dark: '#a5a8ff' },
  { light: '#9c4a2f', dark: '#d99a80' },
];

/** What is no method: paper, text, lines; the reference is grey. */
const GROUNDS: Readonly<Record<string, Readonly<Record<Theme, string>>>> = {
  '--paper': { light: '#fff', dark: '#14161a' },
  '--ink': { light: '#1b1e24', dark: '#e4e6ea' },
  '--quiet': { light: '#5b6370', dark: '#9ba2ae' },
  '--rule': { light: '#dcdfe4', dark: '#343942' },
  '--grid': { light: '#e9ebef', dark: '#272b32' },
  '--wash': { light: '#f6f7f9', dark: '#1b1e24' },
  '--reference': { light: '#5f6672', dark: '#a3abb8' },
};

/** The CSS colour of each method by its id; the reference is grey. More methods than hues begin again. */
export function methodColours(methods: readonly { readonly id: string }[]): ReadonlyMap<string, string> {
  return new Map(
    methods.map(({ id }, index) => [
      id,
      index === 0 ? 'var(--reference)' : `var(--hue-${(index - 1) % HUES.length})`,
    ]),
  );
}

/** Every colour of the page by its custom property. */
export function paletteOf(theme: Theme): Readonly<Record<string, string>> {
  return Object.fromEntries([
    ...Object.entries(GROUNDS).map(([name, colour]) => [name, colour[theme]]),
    ...HUES.map((hue, index) => [`--hue-${index}`, hue[theme]]),
  ]);
}

/** The custom properties, for a style sheet. */
export function paletteStyles(theme: Theme): string {
  return Object.entries(paletteOf(theme))
    .map(([name, colour]) => `${name}: ${colour};`)
    .join(' ');
}
