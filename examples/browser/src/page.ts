/** An element of the page, which must be there. */
export function element<T extends Element = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no #${id}.`);
  return found as unknown as T;
}

export const button = (id: string) => element<HTMLButtonElement>(id);

export function show(id: string, text: string): void {
  element(id).textContent = text;
}

/** What went wrong, as a sentence for the user. */
export function told(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
}
