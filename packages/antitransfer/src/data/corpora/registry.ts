import { z } from 'zod';
import { registryOf, settingsOf, shapeOf } from '../../registry.js';
import type { Corpus } from '../clip.js';
import type { CorpusDefinition } from './definition.js';
import { demo } from './demo/corpus.js';
import { emodb } from './emodb.js';
import { folder } from './folder.js';
import { fsdd } from './fsdd.js';
import { goodSounds } from './good-sounds.js';
import { iemocap } from './iemocap.js';
import { librispeech } from './librispeech.js';
import { manifest } from './manifest.js';
import { msSnsd } from './ms-snsd.js';
import { nsynth } from './nsynth.js';
import { speechCommands } from './speech-commands.js';

/** The corpora that may be loaded by name, the strictest first: a path holds the first that its files look like. */
export const corpora = registryOf<CorpusDefinition>('corpus')(
  iemocap,
  librispeech,
  nsynth,
  goodSounds,
  msSnsd,
  fsdd,
  emodb,
  speechCommands,
  folder,
  manifest,
  demo,
);

export type CorpusName = (typeof corpora.names)[number];

/** What may be chosen of any corpus, side by side; each reads its own. */
export const corpusChoices = z.object(shapeOf(corpora));

/** What is chosen of a corpus: where absent, its defaults. */
export type CorpusOptions = z.input<typeof corpusChoices>;

/**
 * Loads a corpus by name.
 *
 * ```ts
 * const corpus = await loadCorpus('fsdd', 'data/fsdd');
 * corpus.clips[0].labels; // { digit: '0', speaker: 'george', take: '0' }
 * ```
 *
 * @param path the folder (or, for a manifest, the file) that holds it
 * @returns its clips, sorted by id
 * @throws UserError when there is no corpus of that name, or the path does not hold it
 */
export async function loadCorpus(name: string, path: string, options: CorpusOptions = {}): Promise<Corpus> {
  const definition = corpora.find(name);
  return definition.create(settingsOf(definition, options), path);
}
