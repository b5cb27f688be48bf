/** The losses. A test goes through all of them: one that is added here wants a row in `test/building/losses/`. */
export {
  type BinaryCrossEntropyOptions,
  binaryCrossEntropy,
  binaryCrossEntropyPerElement,
} from './binary-cross-entropy.js';
export { type CrossEntropyOptions, crossEntropy, crossEntropyPerSample } from './cross-entropy.js';
export { type CtcOptions, ctcLoss, ctcLossPerSample } from './ctc.js';
export { type FocalOptions, focalLoss, focalLossPerSample } from './focal.js';
