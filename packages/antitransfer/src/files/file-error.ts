import { UserError } from '../errors.js';

/** An error of the system, with its code. */
export interface SystemError extends Error {
  readonly code?: string | undefined;
  readonly errno?: number | undefined;
}

/** What to do about errors of a file system, by their code. */
const remedies: Readonly<Record<string, string>> = {
  ENOSPC: ' Make room; the same command continues.',
  EDQUOT: ' Make room; the same command continues.',
  EACCES: ' See who may read and write it.',
  EPERM: ' See who may read and write it.',
  EROFS: ' Choose a place that can be written to.',
  ENOTDIR: ' A part of the path is a file where a folder is wanted.',
};

/** A file cannot be read or written, for a reason that the system gives. The cause is its error. */
export class FileError extends UserError {
  override readonly name: string = 'FileError';

  constructor(
    readonly path: string,
    doing: 'read' | 'written',
    cause: SystemError,
  ) {
    const remedy = remedies[cause.code ?? ''] ?? '';
    const reason = cause.code === 'EISDIR' ? 'it is a folder, and a file is wanted' : cause.message;
    super(`"${path}" cannot be ${doing}: ${reason}.${remedy}`, { cause });
  }
}

/** A file is there, and is not what was written. */
export class DamagedFileError extends UserError {
  override readonly name: string = 'DamagedFileError';

  constructor(
    readonly path: string,
    reason: string,
    cause?: unknown,
  ) {
    super(
      `"${path}" is damaged, or of another version of antitransfer: ${reason}. ` +
        'Remove it and run the same command again: what was in it is computed anew.',
      { cause },
    );
  }
}

/** Calls what reads or writes a file; an error of the system names the file and what to do. */
export async function namingFile<T>(
  path: string,
  doing: 'read' | 'written',
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isSystemError(error)) throw new FileError(path, doing, error);
    throw error;
  }
}

/** Whether an error says that a folder lies where a file is wanted. */
export function isFolderForFile(error: unknown): boolean {
  return error instanceof FileError && isSystemError(error.cause) && error.cause.code === 'EISDIR';
}

/** Whether an error says that there is no such file: and not that it may not be read. */
export function isAbsent(error: unknown): boolean {
  return isSystemError(error) && error.code === 'ENOENT';
}

/** Whether an error is one of the system, with its code. */
export function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'errno' in error && typeof error.errno === 'number';
}
