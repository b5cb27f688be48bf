/**
 * Characters that act on a terminal, or on the order of what is read, in place of being read; and those that nobody sees,
 * so that two labels do not look like one.
 */
const acting = /[\p{Cc}\p{Bidi_Control}\u2028\u2029\u00ad\u200b\u2060\ufeff]/gu;

/** Text of others (labels, names of files) as it can be shown on a terminal: what would act is spelled out. */
export function printable(text: string): string {
  return text.replace(acting, spelledOut);
}

/** The same for messages, whose line breaks are ours. */
export function printableLines(text: string): string {
  return text.replace(acting, (character) => (character === '\n' ? character : spelledOut(character)));
}

function spelledOut(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
