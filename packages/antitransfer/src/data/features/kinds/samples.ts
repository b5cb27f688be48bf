import { expressions } from 'onnx-autograd';
import { noSettings } from '../../../registry.js';
import { segmentSamples } from '../segment-settings.js';
import { frameCount } from '../stft.js';
import { defineFrontEnd } from './definition.js';

const { pad, reshape, transpose } = expressions;

/** A segment's samples one after another: a row holds them, and zeros behind. */
export const samples = defineFrontEnd({
  name: 'samples',
  description: 'the samples themselves, as many in a frame as the hop is long',
  settings: noSettings,
  conflicts: () => ({}),
  create(_, segments, segment) {
    const frames = frameCount(segment);
    const whole = pad(segments, [0, 0], [0, frames * segment.hop - segmentSamples(segment)]);
    const rows = reshape(whole, [-1, frames, segment.hop]);
    return { features: transpose(rows, [0, 2, 1]), frequencies: undefined };
  },
  silence: (_, { hop }) => new Float32Array(hop),
  amplify(features, factor) {
    features.forEach((value, i) => {
      features[i] = value * factor;
    });
  },
});
