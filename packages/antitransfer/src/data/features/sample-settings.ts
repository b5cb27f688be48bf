import { type FeatureSettings, featureSettings } from './settings.js';

/** The settings by which the samples are stored that features are computed from: the same for all front ends. */
export function sampleSettings({
  sampleRate,
  channel,
  seconds,
  placement,
}: Pick<FeatureSettings, 'sampleRate' | 'channel' | 'seconds' | 'placement'>): FeatureSettings {
  return featureSettings.parse({
    kind: 'samples',
    sampleRate,
    seconds,
    placement,
    ...(channel !== undefined && { channel }),
  });
}
