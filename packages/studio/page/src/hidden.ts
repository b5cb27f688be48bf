import { setQuery } from './address.ts';

/** The ids of the methods that are not shown, as the address has them. */
export function hiddenOf(query: Readonly<Record<string, string>>): ReadonlySet<string> {
  return new Set((query.hidden ?? '').split(',').filter(Boolean));
}

/**
 * The index of the method that a page speaks of: the one that was asked for; else the first that is not the reference, since what
 * is worth a look is what it changes; -1 where all are hidden.
 */
export function chosenMethod(
  methods: readonly { readonly id: string }[],
  hidden: ReadonlySet<string>,
  asked: string | undefined,
): number {
  const shown = methods.flatMap(({ id }, index) => (hidden.has(id) ? [] : [index]));
  return (
    shown.find((index) => methods[index]?.id === asked) ?? shown.find((index) => index > 0) ?? shown[0] ?? -1
  );
}

/** Shows a method that is hidden, hides one that is shown, on all pages. */
export function toggleHidden(hidden: ReadonlySet<string>, method: string): void {
  const others = [...hidden].filter((id) => id !== method);
  setQuery({ hidden: (hidden.has(method) ? others : [...others, method]).join(',') });
}
