/**
 * Text in lines of a width, broken between words; a word that is longer has a line of its own. Spaces at its beginning stay.
 *
 * @param indent stands before every line but the first
 */
export function wrapped(text: string, width: number, indent = ''): string {
  const [start = ''] = /^ */.exec(text) ?? [];
  const [first = '', ...words] = text.slice(start.length).split(' ');
  const lines: string[] = [];
  let line = start + first;
  for (const word of words) {
    if (line.length + 1 + word.length <= width) {
      line += ` ${word}`;
    } else {
      lines.push(line);
      line = indent + word;
    }
  }
  return [...lines, line].join('\n');
}
