import type { Command } from 'commander';
import type { WindowSettings } from '../data/segments/settings.js';
import { nonNegativeNumber, positiveNumber, share } from './values.js';

/** What flags change of the windows in which long recordings are gone through. */
export interface SegmentFlags {
  readonly hop?: number;
  readonly minimum?: number;
  readonly minimumPeak?: number;
}

/** Adds the flags of windows. */
export function addSegmentFlags(command: Command): Command {
  return command
    .option(
      '--hop <seconds>',
      "seconds from one window to the next (default: the model's, or half a segment)",
      positiveNumber,
    )
    .option(
      '--minimum <seconds>',
      "seconds of sound below which there is nothing to hear (default: the model's, or 0.05)",
      nonNegativeNumber,
    )
    .option(
      '--minimum-peak <level>',
      "a window without a sample of this level, of 1, has nothing to hear (default: the model's, or 0.0001)",
      share,
    );
}

export function segmentsOf({ hop, minimum, minimumPeak }: SegmentFlags): Partial<WindowSettings> {
  return {
    ...(hop !== undefined && { hop }),
    ...(minimum !== undefined && { minimum }),
    ...(minimumPeak !== undefined && { minimumPeak }),
  };
}
