import { setQuery } from './address.ts';

/** The ids of the methods that are not shown, as the address has them. */
export function hiddenOf(query: Readonly<Record<string, string>>): ReadonlySet<string> {
  return new Set((query.hidden ?? '').split(',').filter(Boolean));
}

/** Shows a method that is hidden, hides one that is shown, on all pages. */
export function toggleHidden(hidden: ReadonlySet<string>, method: string): void {
  const others = [...hidden].filter((id) => id !== method);
  setQuery({ hidden: (hidden.has(method) ? others : [...others, method]).join(',') });
}
