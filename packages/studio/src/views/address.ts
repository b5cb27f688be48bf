/** Where an answer is, below `/api/`; the page, the studio and an export find it by the same words. */
export function addressOf(path: string, query: Readonly<Record<string, string>> = {}): string {
  const search = new URLSearchParams(Object.entries(query).sort(([a], [b]) => (a < b ? -1 : 1))).toString();
  return path + (search === '' ? '' : `?${search}`);
}
