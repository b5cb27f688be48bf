import type { Row } from '../row.js';
import { activationRows } from './activations.js';
import { convolutionRows } from './convolution.js';
import { elementwiseRows } from './elementwise.js';
import { indexingRows } from './indexing.js';
import { layoutRows } from './layout.js';
import { normalizationRows } from './normalization.js';
import { poolingRows } from './pooling.js';
import { productRows } from './products.js';
import { recurrentRows } from './recurrent.js';
import { reductionRows } from './reductions.js';
import { resamplingRows } from './resampling.js';
import { spectraRows } from './spectra.js';

/** Every row of every operator that has a gradient. */
export const rows: readonly Row[] = [
  ...convolutionRows,
  ...poolingRows,
  ...normalizationRows,
  ...elementwiseRows,
  ...activationRows,
  ...productRows,
  ...recurrentRows,
  ...reductionRows,
  ...layoutRows,
  ...indexingRows,
  ...spectraRows,
  ...resamplingRows,
];
