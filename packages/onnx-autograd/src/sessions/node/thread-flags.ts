/** Flags of Node that say how modules are found and loaded, each with a value. */
const ofModules: ReadonlySet<string> = new Set([
  '--import',
  '--require',
  '-r',
  '--loader',
  '--experimental-loader',
  '--conditions',
  '-C',
]);

/**
 * The flags of Node for a thread that runs a module of this package.
 *
 * @param flags those of the process.
 * @returns `undefined` for the process's own, which a thread has when none are given to it: given to it again, those that
 *   belong to the process, such as `--max-old-space-size`, would be refused. A process that runs a text (`--eval`) has the
 *   flag `--input-type`, with which a thread runs no file: what is left then is how modules are loaded.
 */
export function threadFlags(flags: readonly string[]): string[] | undefined {
  if (!flags.some((flag) => flag.split('=')[0] === '--input-type')) return undefined;
  return flags.flatMap((flag, i) => {
    const [name = '', value] = flag.split('=');
    if (!ofModules.has(name)) return [];
    return value === undefined ? flags.slice(i, i + 2) : [flag];
  });
}
