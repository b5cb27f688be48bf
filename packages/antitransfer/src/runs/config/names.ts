/** What ids are made of: they are names of folders, of files and of objectives. */
export const idPattern = {
  form: /^[a-z0-9][a-z0-9-]*$/,
  message: 'a name is small letters, digits and dashes, and begins with a letter or digit',
} as const;

/** The id of an orthogonal task beside those of methods: both are folders below `jobs`. */
export function orthogonalId(name: string): string {
  return `orthogonal-${name}`;
}

/** What the name of an orthogonal task is made from. */
interface Task {
  readonly name?: string | undefined;
  readonly column: string;
  readonly data?: { readonly corpus: string } | undefined;
}

/**
 * Gives every orthogonal task a name of its own: the one given, else its column, with its corpus where two tasks have
 * the column, with a number where that is not enough.
 *
 * @param corpus that of tasks without data of their own
 * @param methods ids that are taken
 */
export function nameTasks(tasks: readonly Task[], corpus: string, methods: readonly string[]): string[] {
  const taken = new Set(tasks.flatMap(({ name }) => name ?? []));
  const isFree = (name: string) => !taken.has(name) && !methods.includes(orthogonalId(name));
  const columns = tasks.map(({ column }) => asId(column));
  return tasks.map(({ name, data }, task) => {
    if (name !== undefined) return name;
    const column = columns[task] ?? 'task';
    const isShared = columns.filter((other) => other === column).length > 1;
    const base = isShared ? `${column}-${asId(data?.corpus ?? corpus)}` : column;
    let own = base;
    for (let number = 2; !isFree(own); number++) own = `${base}-${number}`;
    taken.add(own);
    return own;
  });
}

/** `Sprecher Größe` becomes `sprecher-grosse`. */
function asId(text: string): string {
  const plain = text.replaceAll('ß', 'ss').normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '') || 'task';
}
