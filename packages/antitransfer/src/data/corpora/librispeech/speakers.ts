import { UserError } from '../../../errors.js';

/** A reader, as SPEAKERS.TXT has them. */
interface Speaker {
  readonly gender: 'female' | 'male';
}

const genders = { F: 'female', M: 'male' } as const;

/**
 * Readers by their number. Comments begin with a semicolon; the name is the last cell, and holds a bar in one line
 * (`60   | M | train-clean-100  | 20.18 | |CBW|Simon`).
 *
 * @param path of the file, for messages
 * @throws UserError at a line that is none of these
 */
export function parseSpeakers(path: string, text: string): Map<string, Speaker> {
  const speakers = new Map<string, Speaker>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith(';')) continue;
    const [number = '', sex = ''] = line.split('|').map((cell) => cell.trim());
    if (!/^\d+$/.test(number) || (sex !== 'F' && sex !== 'M')) {
      throw new UserError(
        `${path}, line ${index + 1}: "${line}" is not "number | F or M | subset | minutes | name". Unpack this file again.`,
      );
    }
    speakers.set(number, { gender: genders[sex] });
  }
  return speakers;
}
