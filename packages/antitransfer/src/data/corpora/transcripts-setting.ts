import { z } from 'zod';

/** Of corpora that come with what is said in their recordings. */
export const transcriptsSetting = z
  .boolean()
  .default(false)
  .describe('iemocap and librispeech: what is said becomes the label column `transcript`');
