import { expect, it } from 'vitest';
import { howToFetch } from '../../../src/data/download/how-to-fetch.js';

it.each([
  [
    'speech-commands',
    '/data/speech-commands-v0.01',
    '"antitransfer data fetch speech-commands /data/speech-commands-v0.01 --part v0.01" fetches it (1.5 GB, CC BY 4.0).',
  ],
  [
    'speech-commands',
    '/data/words',
    '"antitransfer data fetch speech-commands /data/words" fetches it (2.4 GB, CC BY 4.0).',
  ],
  [
    'librispeech',
    'LibriSpeech/dev-clean',
    '"antitransfer data fetch librispeech . --part dev-clean" fetches it (338 MB, CC BY 4.0).',
  ],
  [
    'fsdd',
    '/my data/fsdd/recordings',
    `"antitransfer data fetch fsdd '/my data/fsdd'" fetches it (20 MB, CC BY-SA 4.0).`,
  ],
  // Folders above are the user's, whatever they are called.
  [
    'nsynth',
    '/home/me/test/nsynth',
    '"antitransfer data fetch nsynth /home/me/test/nsynth" fetches it (CC BY 4.0).',
  ],
  [
    'nsynth',
    '/data/my-train/nsynth',
    '"antitransfer data fetch nsynth /data/my-train/nsynth" fetches it (CC BY 4.0).',
  ],
  [
    'speech-commands',
    '/data/speech_commands_v0.01',
    '"antitransfer data fetch speech-commands /data/speech_commands_v0.01 --part v0.01" fetches it (1.5 GB, CC BY 4.0).',
  ],
  [
    'good-sounds',
    '/home/me/proj/good-sounds',
    expect.stringMatching(/^"antitransfer data fetch good-sounds \/home\/me\/proj\/good-sounds" fetches it/),
  ],
  // Nobody says its size.
  ['nsynth', undefined, '"antitransfer data fetch nsynth" fetches it (CC BY 4.0).'],
  ['iemocap', '/data/iemocap', '"antitransfer data fetch iemocap" says how to ask for it.'],
  ['manifest', 'clips.csv', undefined],
])('of %s at %j', (corpus, path, said) => {
  expect(howToFetch(corpus, path)).toEqual(said);
});
