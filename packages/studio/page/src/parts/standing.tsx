import type { FoundView } from '../../../src/views/found.ts';

/** Stands beside what is not of all that was asked for. @param what `These reasons` */
export function Standing({
  found: { answer, standing } = {},
  what,
}: {
  readonly found: FoundView | undefined;
  readonly what: string;
}) {
  if (answer === undefined || standing === undefined) return null;
  return (
    <p class="so-far">
      {standing === 'so far'
        ? `${what} are so far of ${answer.done} of ${answer.asked} seeds or folds, those that are complete; they are written anew as each comes in.`
        : `${what} are of before more seeds or methods were asked for; they are written anew as seeds are complete.`}
    </p>
  );
}
