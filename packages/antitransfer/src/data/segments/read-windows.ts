import { itemAt } from '../../lookup.js';
import { peakOf } from '../features/segment.js';
import type { Recording } from './recording.js';
import type { WindowSettings } from './settings.js';
import { type Window, type WindowLengths, windowsOf } from './windows.js';

/** A window with its sound. */
export interface ReadWindow extends Window {
  /** Shape (end - first). Not to be written to. */
  readonly samples: Float32Array;
  /** The loudest sample, of a full scale of 1. */
  readonly peak: number;
}

/**
 * The windows of a recording, one after the other.
 *
 * @param together how many are read at once: neighbours overlap
 */
export async function* readWindows(
  recording: Pick<Recording, 'length' | 'read'>,
  lengths: WindowLengths,
  together: number,
): AsyncGenerator<ReadWindow> {
  for (const part of inParts(windowsOf(recording.length, lengths), together)) {
    const from = itemAt(part, 0).first;
    const read = await recording.read(from, itemAt(part, part.length - 1).end);
    for (const { first, end } of part) {
      const samples = read.subarray(first - from, end - from);
      yield { first, end, samples, peak: peakOf(samples) };
    }
  }
}

/** Whether there is anything to hear: enough sound, and not too quiet. */
export function isHeard(
  { first, end, peak }: Pick<ReadWindow, 'first' | 'end' | 'peak'>,
  { minimum }: WindowLengths,
  { minimumPeak }: Pick<WindowSettings, 'minimumPeak'>,
): boolean {
  return end - first >= minimum && peak >= minimumPeak && peak > 0;
}

function* inParts(windows: Iterable<Window>, size: number): Generator<Window[]> {
  let part: Window[] = [];
  for (const window of windows) {
    part.push(window);
    if (part.length < size) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}
