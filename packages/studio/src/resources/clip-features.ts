import type { ClipFeaturesView } from '../views/clip-features.js';
import { askedClip } from './asked-clip.js';
import { exportedParts } from './exported-parts.js';
import type { Resource } from './resource.js';

export const clipFeatures: Resource<ClipFeaturesView> = {
  path: 'runs/:run/clips/features',
  description:
    'What the networks were given of a test clip, standardised: ?clip= its id, ?seed= and ?fold= whose.',
  load: async (studio, request) => {
    const { clip, of } = askedClip(request);
    const clips = await (await studio.comparison(request.run)).clips.open();
    const { values, ...features } = await clips.features(clip, of);
    return { ...features, values: base64Of(values) };
  },
  isSound: true,
  exported: exportedParts,
};

/** 32-bit floats, the lowest byte first whatever this processor's order. */
function base64Of(values: Float32Array): string {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeFloatLE(value, 4 * index);
  return bytes.toString('base64');
}
