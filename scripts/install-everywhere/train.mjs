// A tiny training with the penalty, by both packages, in a thread of its own.
import { antiTransfer, buildNetwork, fit, labelled, memoryFeatures, trainingSettings } from 'antitransfer';
import { Random } from 'onnx-autograd';

const random = new Random(1);
const shape = [1, 16, 16];
const [network, orthogonal] = [2, 4].map((classes) =>
  buildNetwork('vgg-small', { classes, input: shape, random, width: 0.25 }),
);
const clips = (count) => {
  const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
  const features = Float32Array.from({ length: count * 256 }, (_, i) => random.normal() + labels[i >> 8]);
  return labelled(memoryFeatures(shape, features), labels);
};
// biome-ignore lint/suspicious/noFocusedTests: no test, but the training of a network.
const { session, epochs } = await fit({
  network,
  objectives: [antiTransfer({ orthogonal, tap: 'conv4_2', similarity: 'correlation', beta: 1 })],
  train: clips(32),
  validation: clips(16),
  settings: trainingSettings.parse({ epochs: 4 }),
  seed: 1,
});
await session.close();
console.log(
  `loss ${epochs[0].train.crossEntropy.toFixed(3)} to ${epochs.at(-1).train.crossEntropy.toFixed(3)}`,
);
