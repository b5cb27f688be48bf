// Saves snapshots in a loop until it is killed: every number of snapshot n is n. For snapshot.test.ts.
import { saveSnapshot } from 'onnx-autograd';

const folder = process.argv[2];
for (let step = 1; ; step++) {
  const data = new Float32Array(500_000).fill(step);
  const weights = { w: { type: 'float32', dims: [data.length], data } };
  await saveSnapshot(folder, { weights, optimizer: {}, step, random: [step, step, step, step] }, { step });
  if (step === 1) process.stdout.write('saved');
}
