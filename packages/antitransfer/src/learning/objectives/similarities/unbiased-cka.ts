import { averageOverSpace } from '../average-over-space.js';
import { leastClips, unbiasedAlignment } from '../dependence.js';
import { kernelOf } from '../kernels.js';
import { defineSimilarity, ofMaps } from './definition.js';

export const unbiasedCka = defineSimilarity({
  name: 'unbiased-cka',
  description: 'cka from unbiased estimates: 0 on average for unrelated maps, in small batches, too',
  source: 'this toolkit, after Nguyen and others 2021, arXiv 2010.15327',
  ...ofMaps({
    mustMatch: 'nothing',
    leastClips,
    prepare: averageOverSpace,
    measure: (current, prepared) =>
      unbiasedAlignment(kernelOf('linear', averageOverSpace(current)), kernelOf('linear', prepared)),
  }),
});
