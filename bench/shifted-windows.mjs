#!/usr/bin/env node
// How often a model is right when its window begins earlier or later than the clips that it learned from.
//
//   npm run build && npx antitransfer data demo spoken
//   npx antitransfer train --method no-transfer --split.kind stratified --output runs/words
//   node bench/shifted-windows.mjs runs/words/models/no-transfer-seed-1.onnx spoken [--clips 240]
//
// The clips are taken evenly from the corpus: some were trained on, so that at no shift nearly all are right.
import { parseArgs } from 'node:util';
import { DeployedModel, loadCorpus, readClip } from 'antitransfer';

const { values, positionals } = parseArgs({
  options: { clips: { type: 'string', default: '240' } },
  allowPositionals: true,
});
const [path, folder] = positionals;
if (path === undefined || folder === undefined) throw new Error('shifted-windows.mjs MODEL FOLDER');

const model = await DeployedModel.open(path);
const { classes, target, features } = model.card;
const { clips } = await loadCorpus('demo', folder);
const step = Math.max(1, Math.floor(clips.length / Number(values.clips)));
const chosen = clips.filter((_, index) => index % step === 0);
const sounds = await Promise.all(chosen.map((clip) => readClip(clip, features.sampleRate)));

for (const seconds of [-0.2, -0.1, -0.05, 0, 0.05, 0.1, 0.2]) {
  const first = Math.round(seconds * features.sampleRate);
  let right = 0;
  for (const [index, samples] of sounds.entries()) {
    const segment = new Float32Array(model.samples);
    const heard = samples.subarray(Math.max(0, first), first + segment.length);
    segment.set(heard.subarray(0, segment.length - Math.max(0, -first)), Math.max(0, -first));
    const [probabilities] = await model.probabilities(segment);
    const label = classes[probabilities.indexOf(Math.max(...probabilities))];
    if (label === chosen[index].labels[target]) right++;
  }
  const when =
    seconds === 0 ? 'where the clip does' : `${Math.abs(seconds)} s ${seconds < 0 ? 'before' : 'after'}`;
  console.log(`window begins ${when.padEnd(19)}: ${((100 * right) / chosen.length).toFixed(1)} % right`);
}
await model.close();
