import { AudioError } from './audio-error.js';

/** A sample above this, of a full scale of 1, is a mistake: 24 dB more than any recorder or codec can mean. */
const LOUDEST = 16;

/**
 * A file of floating-point samples can hold anything; one NaN, or 1e18, would spoil a whole training.
 *
 * @param first which sample of the recording the first one is
 * @throws AudioError that quotes the first wrong one
 */
export function refuseAbsurd(path: string, samples: Float32Array, first = 0): void {
  const wrong = samples.findIndex((sample) => !(Math.abs(sample) <= LOUDEST));
  if (wrong === -1) return;
  const value = samples[wrong];
  const found = `its sample ${first + wrong} is ${value}`;
  if (!Number.isFinite(value)) throw new AudioError(path, 'unreadable', `${found}, not a finite number.`);
  throw new AudioError(
    path,
    'too loud',
    `${found}; full scale is 1. Divide its samples by what they count as full scale.`,
  );
}

/**
 * @param channel that was asked for, from 1; undefined for the mean of all
 * @param count of channels that there are
 * @throws AudioError when it is not there
 */
export function requireChannel(path: string, channel: number | undefined, count: number): void {
  if (channel === undefined || channel <= count) return;
  const there = count === 1 ? 'one channel' : `${count} channels`;
  throw new AudioError(path, 'without that channel', `it has ${there}; channel ${channel} was asked for.`);
}

/** The error for a recording whose channels' mean is not what was recorded. */
export function cancelledOut(path: string, channels: number): AudioError {
  const detail =
    `its ${channels} channels are opposite, so that their mean is next to silence. Take one of them: ` +
    '"features.channel" of a configuration, or a copy of the file with one channel for a model that hears the mean.';
  return new AudioError(path, 'cancelled out', detail);
}
