import { UserError } from 'antitransfer/runs';

/** How a studio is started. */
export interface StudioOptions {
  /** In which comparisons are looked for; they are read, nothing is written there. */
  readonly folders: readonly string[];
  /** Any free one when absent. */
  readonly port?: number;
  /** Where recordings are kept that somebody speaks on the page and labels; none are when absent. */
  readonly keep?: string;
  /** Where this machine keeps what any machine can make again. */
  readonly cache?: string;
}

const KNOWN = ['folders', 'port', 'keep', 'cache'];

/**
 * Makes sure that options are what their types say: whoever calls from JavaScript has no compiler to ask.
 *
 * @throws UserError that quotes what is none
 */
export function requireOptions(options: unknown): asserts options is StudioOptions {
  if (typeof options !== 'object' || options === null) {
    throw new UserError(`startStudio wants { folders: ["runs"] }; got ${quoted(options)}.`);
  }
  const unknown = Object.keys(options).find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) {
    throw new UserError(`startStudio has no option "${unknown}"; it has ${KNOWN.join(', ')}.`);
  }
  const { folders, port, keep, cache }: { readonly [Name in keyof StudioOptions]?: unknown } = options;
  if (!Array.isArray(folders) || folders.length === 0 || !folders.every(isPath)) {
    throw new UserError(
      `"folders" names the folders in which comparisons were left, such as ["runs"]; got ${quoted(folders)}.`,
    );
  }
  if (port !== undefined && !(Number.isInteger(port) && Number(port) >= 0 && Number(port) < 65_536)) {
    throw new UserError(
      `"port" is a whole number from 1 to 65535, or left out for any that is free; got ${quoted(port)}.`,
    );
  }
  for (const [name, path] of Object.entries({ keep, cache })) {
    if (path !== undefined && !isPath(path)) {
      throw new UserError(`"${name}" is the path of a folder, or left out; got ${quoted(path)}.`);
    }
  }
}

function isPath(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function quoted(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
