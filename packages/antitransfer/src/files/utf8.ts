import { isUtf8 } from 'node:buffer';
import { UserError } from '../errors.js';

const LINE_FEED = 0x0a;

/** How workbooks begin: `PK`, as any ZIP file, or as Excel's before 2007. */
const archives = [
  [0x50, 0x4b, 0x03, 0x04],
  [0xd0, 0xcf, 0x11, 0xe0],
] as const;

/**
 * The text of a file's bytes, without a byte order mark. Letters that are not UTF-8 are never replaced: two labels
 * would become one.
 *
 * @param path for the message
 * @throws UserError that names the line and the likely encoding
 */
export function decodeUtf8(path: string, bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) throw otherEncoding(path, 1, 'UTF-16 (its first bytes say so)');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) throw otherEncoding(path, 1, 'UTF-16 (its first bytes say so)');
  if (archives.some((archive) => archive.every((byte, index) => bytes[index] === byte))) {
    throw new UserError(
      `${path} is a workbook or an archive, not text. Save the table as UTF-8; a spreadsheet calls it "CSV UTF-8".`,
    );
  }
  // No text has zeros; UTF-16 without a mark of its byte order is full of them.
  const zero = bytes.indexOf(0);
  if (zero !== -1) {
    const line = 1 + bytes.subarray(0, zero).filter((byte) => byte === LINE_FEED).length;
    throw otherEncoding(path, line, 'probably UTF-16 (a zero byte is there)');
  }
  if (isUtf8(bytes)) return new TextDecoder().decode(bytes);
  const { line, byte } = firstBadLine(bytes);
  const hexadecimal = `0x${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  throw otherEncoding(path, line, `perhaps Latin-1 or Windows-1252 (the byte ${hexadecimal} is there)`);
}

function otherEncoding(path: string, line: number, guess: string): UserError {
  const isConfiguration = /\.(ya?ml|json)$/i.test(path);
  const hint = isConfiguration ? '' : '; a spreadsheet calls it "CSV UTF-8"';
  return new UserError(
    `${path}, line ${line}: this is not UTF-8, but ${guess}. Save the file as UTF-8${hint}.`,
  );
}

/** The first line that is not UTF-8, from 1, and its first byte that is no ASCII. */
function firstBadLine(bytes: Uint8Array): { line: number; byte: number } {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const found = bytes.indexOf(LINE_FEED, start);
    const end = found === -1 ? bytes.length : found;
    const content = bytes.subarray(start, end);
    if (!isUtf8(content)) return { line, byte: content.find((byte) => byte > 0x7f) ?? 0 };
    start = end + 1;
  }
  throw new RangeError('Every line is UTF-8.');
}
