/**
 * What a page asks to be done, in its order: lines of shell, and files by their names, which stand in a comment on their first line or
 * alone before the block.
 *
 * @param {string} markdown
 * @returns {{ file?: string, text: string }[]}
 */
export function stepsOf(markdown) {
  const blocks = [...markdown.matchAll(/(?:^`([\w.]+)`:\n\n)?^```(\w+)\n(.*?)^```$/gms)];
  return blocks.map(([, named, language, text]) => {
    if (language === 'sh') return { text };
    const file = named ?? /^# ([\w.]+)\n/.exec(text)?.[1];
    if (file === undefined) throw new Error(`A block of ${language} says no file's name:\n${text}`);
    return { file, text };
  });
}
