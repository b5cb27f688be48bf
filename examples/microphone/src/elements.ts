/** An element of the page. */
export function element<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`The page has no "${id}" of that kind.`);
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
