import { Random } from 'onnx-autograd';
import { buildFrontEnd } from '../../../src/data/features/front-end.js';
import { FrontEndSession } from '../../../src/data/features/front-end-session.js';
import { featureSettings } from '../../../src/data/features/settings.js';
import { memoryFeatures } from '../../../src/data/features/store/clip-features.js';
import type { Augmentation, AugmentationParts } from '../../../src/learning/augmentations/definition.js';
import {
  type AugmentationKind,
  augmentationSettings,
  createAugmentation,
} from '../../../src/learning/augmentations/registry.js';
import type { ClipSound } from '../../../src/learning/training/augment.js';

/** What a kind must be told to change clips of 16 x 16. A kind that is missing here does not compile. */
const required: Record<AugmentationKind, object> = {
  'spec-augment': { frequencyWidth: 0.5, timeWidth: 0.5 },
  'time-shift': { seconds: 0.2 },
  gain: {},
  mixup: { alpha: 1 },
  noise: {},
  reverberation: {},
  speed: {},
  tempo: {},
  pitch: {},
};

/** Of features of 16 frames x 16 bins. */
export const smallParts: AugmentationParts = {
  features: featureSettings.parse({ sampleRate: 8000, window: 256, hop: 256, bins: 16, seconds: 0.45 }),
  standardisation: { mean: [0.5], deviation: [1] },
};

/** Sound of some clips, and what makes features of 16 x 16 of it, until it is closed. */
export async function smallSound(clips: number): Promise<ClipSound & { close(): Promise<void> }> {
  const session = await FrontEndSession.create(buildFrontEnd(smallParts.features));
  const length = session.frontEnd.samples;
  const random = new Random(11);
  const data = Float32Array.from({ length: clips * (length + 5) }, () => 0.1 * random.normal());
  return {
    // A little more than the segment, as in the store.
    samples: memoryFeatures([1, 1, length + 5], data),
    length,
    features: (segments) => session.run(segments),
    close: () => session.close(),
  };
}

export function smallAugmentation(
  kind: AugmentationKind,
  settings: object = {},
  parts: Partial<AugmentationParts> = {},
): Augmentation {
  return createAugmentation(augmentationSettings.parse({ kind, ...required[kind], ...settings }), {
    ...smallParts,
    ...parts,
  });
}
