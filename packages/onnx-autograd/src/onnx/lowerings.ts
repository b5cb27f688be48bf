import { affineGrid } from './affine-grid.js';
import { attention, multiHeadAttention, rotaryEmbedding, selfAttention } from './attention.js';
import { centerCropPad } from './center-crop-pad.js';
import { compress, oneHot } from './choosing.js';
import { columnsToImage } from './columns.js';
import { cumulativeProduct } from './cumulative-product.js';
import type { Draft, Lowering } from './draft.js';
import { fusedGelu, fusedLayer } from './fused.js';
import { gridSample } from './grid-sample.js';
import { negativeLogLikelihood, softmaxCrossEntropy } from './label-losses.js';
import {
  gatedSwish,
  layerNormalizationOfSum,
  meanVarianceNormalization,
  rmsNormalization,
  rmsNormalizationOfSum,
  swish,
} from './normalization.js';
import { asInOpset17 } from './opset-17.js';
import { globalLpPool, lpPool } from './pooling.js';
import { timeFirst } from './recurrent.js';
import { shrink } from './shrink.js';

/** Operators that are written with others, by domain and name. */
const lowerings: Readonly<Record<string, Lowering>> = {
  LSTM: timeFirst,
  GRU: timeFirst,
  RNN: timeFirst,
  Attention: attention,
  RotaryEmbedding: rotaryEmbedding,
  RMSNormalization: rmsNormalization,
  SimplifiedLayerNormalization: rmsNormalization,
  Swish: swish,
  SwiGLU: gatedSwish,
  MeanVarianceNormalization: meanVarianceNormalization,
  NegativeLogLikelihoodLoss: negativeLogLikelihood,
  SoftmaxCrossEntropyLoss: softmaxCrossEntropy,
  OneHot: oneHot,
  Compress: compress,
  Shrink: shrink,
  CumProd: cumulativeProduct,
  CenterCropPad: centerCropPad,
  AffineGrid: affineGrid,
  GridSample: gridSample,
  Col2Im: columnsToImage,
  LpPool: lpPool,
  GlobalLpPool: globalLpPool,
  'com.microsoft.Gelu': fusedGelu,
  'com.microsoft.FastGelu': fusedGelu,
  'com.microsoft.BiasGelu': fusedGelu,
  'com.microsoft.QuickGelu': swish,
  'com.microsoft.SkipLayerNormalization': layerNormalizationOfSum,
  'com.microsoft.SkipSimplifiedLayerNormalization': rmsNormalizationOfSum,
  'com.microsoft.FusedConv': fusedLayer,
  'com.microsoft.FusedGemm': fusedLayer,
  'com.microsoft.MultiHeadAttention': multiHeadAttention,
  'com.microsoft.Attention': selfAttention,
};

/** The operators that are read as several others. */
export const loweredOperators: readonly string[] = Object.keys(lowerings);

/** The nodes that a node of a file becomes, in the form of opset 17. */
export function nodesInOpset17(draft: Draft, opset: number): readonly Draft[] {
  const name = draft.domain ? `${draft.domain}.${draft.operator}` : draft.operator;
  if (Object.hasOwn(lowerings, name)) return lowerings[name]?.(draft, opset) ?? [draft];
  return draft.domain ? [draft] : [asInOpset17(draft, opset)];
}
