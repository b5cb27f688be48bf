import type { LeftOut } from './account.js';

/** What was found and is no clip, a part of a sentence each: `9 are .wma, which is not read`. */
export function leftOutParts(leftOut: readonly LeftOut[]): string[] {
  return leftOut.map(leftOutText);
}

function leftOutText({ reason, what, count, examples }: LeftOut): string {
  const are = `${count} ${count === 1 ? 'is' : 'are'}`;
  const such = ` (such as ${examples[0] ?? ''})`;
  switch (reason) {
    case 'hidden':
      return `${are} hidden${such}`;
    case 'no-sound':
      return `${are} no sound${what === '' ? such : ` (${what})`}`;
    case 'format':
      return `${are} ${what}, which is not read`;
    case 'name':
      return `${are} named otherwise${such}`;
    case 'where':
      return `${are} left out by where: ${what}`;
    case 'label':
      return `${are} left out as ${what}`;
    case 'unlabelled':
      return `${count} ${count === 1 ? 'has' : 'have'} no ${what}${such}`;
    case 'unusable':
      return `${are} ${what} and skipped${such}`;
  }
}
