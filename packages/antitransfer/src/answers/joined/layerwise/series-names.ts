import type { MethodDescription } from '../../results.js';

/** What stands before the name of a tap, and says nothing without it. */
const joints: ReadonlySet<string> = new Set(['at', 'tap', 'layer', 'in', 'of', '–', '-', '·']);

/** What each series of methods is called: the words that begin all their labels, each series another name. */
export function namesOfSeries(series: readonly (readonly MethodDescription[])[]): string[] {
  const names = series.map((methods) => commonWords(methods.map(({ label }) => label)));
  return names.map((name, i) => {
    const isOwn = name !== '' && names.indexOf(name) === names.lastIndexOf(name);
    const first = series[i]?.[0]?.label ?? '';
    return isOwn ? name : `${first} …`;
  });
}

function commonWords(labels: readonly string[]): string {
  const [first = [], ...others] = labels.map((label) => label.split(/\s+/));
  const differs = first.findIndex((word, i) => others.some((words) => words[i] !== word));
  const words = differs === -1 ? first : first.slice(0, differs);
  const end = words.findLastIndex((word) => !joints.has(word.replace(/[,:(]$/, '')));
  return words
    .slice(0, end + 1)
    .join(' ')
    .replace(/[,:(]+$/, '');
}
