import type { ClipsView, ClipView } from '../../../../src/views/clips.ts';
import type { Choice } from './choice.ts';
import { tallyOf } from './tally.ts';

type Value = string | number | null | undefined;

/** The next order when a heading is pressed: numbers first from the largest down, names from A to Z. */
export function nextSort(current: string, key: string): string {
  const first = /^(wrong|confidence)\./.test(key) ? `-${key}` : key;
  if (current !== first) return first;
  return first.startsWith('-') ? key : `-${key}`;
}

/** Clips in the order that is chosen; those that are equal by the errors of the chosen method, and then by name. */
export function sortedClips(view: ClipsView, clips: readonly ClipView[], choice: Choice): ClipView[] {
  const down = choice.sort.startsWith('-');
  const sortValue = valuesBy(view, down ? choice.sort.slice(1) : choice.sort);
  const rows = clips.map((clip) => {
    const { wrong, confidence } = tallyOf(clip, choice.method);
    return { clip, value: sortValue(clip), wrong, confidence };
  });
  rows.sort(
    (a, b) =>
      compare(a.value, b.value, down) ||
      b.wrong - a.wrong ||
      compare(a.confidence, b.confidence, true) ||
      compare(a.clip.id, b.clip.id, false),
  );
  return rows.map(({ clip }) => clip);
}

function valuesBy(view: ClipsView, key: string): (clip: ClipView) => Value {
  const [kind = '', ...rest] = key.split('.');
  const name = rest.join('.');
  const column = view.columns.indexOf(name);
  const method = view.methods.findIndex(({ id }) => id === name);
  if (kind === 'truth') return ({ truth }) => truth;
  if (kind === 'label' && column >= 0) return ({ labels }) => labels[column];
  if (kind === 'wrong' && method >= 0) {
    return (clip) => {
      const { runs, wrong } = tallyOf(clip, method);
      return runs === 0 ? undefined : wrong / runs;
    };
  }
  if (kind === 'confidence' && method >= 0) return (clip) => tallyOf(clip, method).confidence;
  return ({ id }) => id;
}

/** What is not known stands at the end, whichever way. Numbers inside names count as numbers. */
function compare(first: Value, second: Value, down: boolean): number {
  const [missing, other] = [first === null || first === undefined, second === null || second === undefined];
  if (missing || other) return Number(missing) - Number(other);
  const order =
    typeof first === 'number' && typeof second === 'number'
      ? first - second
      : names.compare(String(first), String(second));
  return down ? -order : order;
}

const names = new Intl.Collator('en', { numeric: true });
