import { askedClip } from './asked-clip.js';
import { exportedParts } from './exported-parts.js';
import { Binary, type Resource } from './resource.js';

export const clipSound: Resource<never> = {
  path: 'runs/:run/clips/sound',
  description:
    'What the networks heard of a test clip, as a 16-bit WAV: ?clip= its id, ?seed= and ?fold= whose.',
  load: async (studio, request) => {
    const { clip, of } = askedClip(request);
    const clips = await (await studio.comparison(request.run)).clips.open();
    return new Binary('audio/wav', await clips.audio(clip, of));
  },
  isSound: true,
  exported: exportedParts,
};
