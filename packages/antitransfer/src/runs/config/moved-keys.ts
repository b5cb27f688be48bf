/** Keys that were elsewhere, by where they were, and where they are now. */
export const movedKeys: ReadonlyMap<string, string> = new Map([
  ['parallel', 'execution.parallel'],
  ['training.threads', 'execution.threads'],
  ['training.frozenCacheMiB', 'execution.frozenCacheMiB'],
  ['training.checkpointSeconds', 'execution.checkpointSeconds'],
]);

/** Keys of a method that were called otherwise. */
const renamedOfMethods: ReadonlyMap<string, string> = new Map([['penalties', 'objectives']]);

/** Where or what the key of a path is now; an orthogonal task's training had the same keys. */
export function movedTo(path: string): string | undefined {
  const [, ofMethod = ''] = /^methods\[\d+\]\.(.*)$/.exec(path) ?? [];
  return renamedOfMethods.get(ofMethod) ?? movedKeys.get(path.replace(/^orthogonal(\[\d+\])?\./, ''));
}
