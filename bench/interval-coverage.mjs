#!/usr/bin/env node
// How often the intervals of a gain hold the true one, where seeds draw splits of one corpus: a simulation.
//
//   npm run build && node bench/interval-coverage.mjs [--corpora 200] [--seeds 10] [--seed 1]
//
// A population of clips: ten classes and five nuisances, a vector each, and noise of its own in every clip. A clip has its nuisance for good, as
// a speaker (`digits`), or it is mixed in anew by each seed, as noises are. A corpus is drawn from the population, and of it, by each
// seed, training clips in which nine of ten of a class have its nuisance, and balanced test clips. Two methods learn from them by ridge
// regression: one from the clips as they are, the other without the directions in which nuisances differ in training. The true gain is the mean over
// all corpora. Three intervals of each corpus are asked whether they hold it: Student's t over the seeds, the same corrected as comparisons do
// (Nadeau and Bengio 2003: test clips per training clip), and over other clips (the bootstrap of seeds crossed with clips).
// The designs are as those of docs/results.md.
import { parseArgs } from 'node:util';
import { crossedInterval, resample } from '../packages/antitransfer/dist/analysis/bootstrap.js';
import { pairedDifference } from '../packages/antitransfer/dist/analysis/statistics.js';
import { Random } from '../packages/onnx-autograd/dist/random.js';

const { values: given } = parseArgs({
  options: {
    corpora: { type: 'string', default: '200' },
    seeds: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
  },
});
const [corpora, seeds, seed] = ['corpora', 'seeds', 'seed'].map((key) => {
  const value = Number(given[key]);
  if (!Number.isInteger(value) || value < (key === 'seed' ? 0 : 2))
    throw new Error(`--${key} ${given[key]}: give an integer from ${key === 'seed' ? 0 : 2} up.`);
  return value;
});

const CLASSES = 10;
const NUISANCES = 5;
const BINS = 24;
const RIDGE = 3;
/** Deviation of what a training adds to its weights by chance, beside what it learns, as first weights do of a network. */
const chances = [0, 0.04];

/** `tested`: how many clips of the corpus tests are drawn from; `mixed`: nuisances are mixed in by each seed. */
const designs = [
  { name: 'digits', clips: 2500, tested: 600, train: 360, test: 500 },
  { name: 'words', clips: 2350, tested: 2350, train: 500, test: 750, mixed: true },
  { name: 'emotions in noise', clips: 490, tested: 490, train: 270, test: 150, mixed: true },
  { name: 'instruments in noise', clips: 1150, tested: 1150, train: 480, test: 400, mixed: true },
  // Not of there: nothing is confounded, and all other clips train.
  { name: 'four fifths train', clips: 500, tested: 500, train: 400, test: 100, confounded: false },
];

const population = (() => {
  const random = new Random(seed).fork('population');
  const vectors = (count, scale) =>
    Array.from({ length: count }, () => Float64Array.from({ length: BINS }, () => scale * random.normal()));
  return { classes: vectors(CLASSES, 0.45), nuisances: vectors(NUISANCES, 0.9) };
})();

function drawCorpus({ clips }, random) {
  return Array.from({ length: clips }, (_, id) => {
    const truth = id % CLASSES;
    const clean = population.classes[truth].map((value) => value + random.normal());
    return { id, truth, own: Math.floor(id / CLASSES) % NUISANCES, clean };
  });
}

/** A clip as it is heard with a nuisance. */
function heard({ id, truth, clean }, nuisance) {
  const shift = population.nuisances[nuisance];
  return { id, truth, nuisance, bins: clean.map((value, i) => value + shift[i]) };
}

/** Training clips in which a class has its nuisance nine times of ten, and test clips in which all are alike. */
function drawSplit(corpus, { tested, train, test, confounded = true, mixed = false }, random) {
  const [each, eachTest] = [train / CLASSES, test / CLASSES];
  const shuffled = random.shuffle(corpus.slice(0, tested));
  const chosen = taken(shuffled, eachTest, () => Array(NUISANCES).fill(eachTest / NUISANCES), mixed);
  const used = new Set(chosen.map(({ id }) => id));
  // Where there are clips that no test is drawn from, training is.
  const rest = random.shuffle(
    tested < corpus.length ? corpus.slice(tested) : corpus.filter(({ id }) => !used.has(id)),
  );
  if (!confounded) return { learned: rest.slice(0, train).map((clip) => heard(clip, clip.own)), chosen };
  const few = Math.round(0.1 * each);
  const counts = (truth) => {
    const owner = truth % NUISANCES;
    let other = truth;
    const found = Array(NUISANCES).fill(0);
    found[owner] = each - few;
    for (let i = 0; i < few; i++) {
      do other += 1;
      while (other % NUISANCES === owner);
      found[other % NUISANCES] += 1;
    }
    return found;
  };
  return { learned: taken(rest, each, counts, mixed), chosen };
}

/** So many clips of each class with each nuisance; fewer are an error, as the design would not be what it is called. */
function taken(clips, each, counts, mixed) {
  return Array.from({ length: CLASSES }, (_, truth) => {
    const own = clips.filter((clip) => clip.truth === truth);
    let next = 0;
    const found = counts(truth).flatMap((count, nuisance) => {
      const some = mixed
        ? own.slice(next, next + count)
        : own.filter((clip) => clip.own === nuisance).slice(0, count);
      next += count;
      return some.map((clip) => heard(clip, nuisance));
    });
    if (found.length !== each) throw new Error(`A class has ${found.length} clips of ${each}.`);
    return found;
  }).flat();
}

/** Removes the directions in which the means of nuisances differ, classes weighed alike. */
function withoutNuisance(learned) {
  const overall = meanOf(learned);
  const basis = [];
  for (let nuisance = 0; nuisance < NUISANCES; nuisance++) {
    const own = learned.filter((clip) => clip.nuisance === nuisance);
    if (own.length === 0) continue;
    const residuals = own.map(({ bins, truth }) => ({
      bins: bins.map((value, i) => value - population.classes[truth][i]),
    }));
    const direction = meanOf(residuals).map((value, i) => value - overall[i]);
    for (const known of basis) subtract(direction, known, dot(direction, known));
    const length = Math.sqrt(dot(direction, direction));
    if (length > 1e-9) basis.push(direction.map((value) => value / length));
  }
  return (bins) => {
    const left = Float64Array.from(bins);
    for (const known of basis) subtract(left, known, dot(left, known));
    return left;
  };
}

function meanOf(clips) {
  const mean = new Float64Array(BINS);
  for (const { bins } of clips) for (let i = 0; i < BINS; i++) mean[i] += bins[i] / clips.length;
  return mean;
}

function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function subtract(from, direction, times) {
  for (let i = 0; i < from.length; i++) from[i] -= times * direction[i];
}

/** Ridge regression of one output a class, with a bias; returns what names the class of a clip. */
function learn(learned, seen, { random, chance }) {
  const size = BINS + 1;
  const gram = Array.from({ length: size }, (_, i) => {
    const row = new Float64Array(size + CLASSES);
    row[i] = RIDGE;
    return row;
  });
  for (const { bins, truth } of learned) {
    const input = [...seen(bins), 1];
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) gram[i][j] += input[i] * input[j];
      gram[i][size + truth] += input[i];
    }
  }
  for (let i = 0; i < size; i++) {
    const pivot = gram[i][i];
    for (let j = i; j < size + CLASSES; j++) gram[i][j] /= pivot;
    for (let row = 0; row < size; row++) {
      const times = gram[row][i];
      if (row === i || times === 0) continue;
      for (let j = i; j < size + CLASSES; j++) gram[row][j] -= times * gram[i][j];
    }
  }
  for (const row of gram) for (let of = 0; of < CLASSES; of++) row[size + of] += chance * random.normal();
  return ({ bins }) => {
    const input = [...seen(bins), 1];
    let [best, found] = [Number.NEGATIVE_INFINITY, 0];
    for (let of = 0; of < CLASSES; of++) {
      let score = 0;
      for (let i = 0; i < size; i++) score += input[i] * gram[i][size + of];
      if (score > best) [best, found] = [score, of];
    }
    return found;
  };
}

function measure(design, corpus, random, chance) {
  const values = [];
  const pairs = [];
  let ratio;
  for (let run = 0; run < seeds; run++) {
    const own = random.fork(`seed ${run}`);
    const { learned, chosen } = drawSplit(corpus, design, own);
    const [plain, corrected] = [(bins) => bins, withoutNuisance(learned)].map((seen) =>
      learn(learned, seen, { random: own, chance }),
    );
    let [before, after] = [0, 0];
    for (const clip of chosen) {
      const [right, wrong] = [corrected, plain].map((name) => Number(name(clip) === clip.truth));
      after += right;
      before += wrong;
      values.push({ run, unit: clip.id, value: 100 * (right - wrong), weight: 1 });
    }
    pairs.push([(100 * after) / chosen.length, (100 * before) / chosen.length]);
    ratio = chosen.length / learned.length;
  }
  const ids = new Map([...new Set(values.map(({ unit }) => unit))].map((id, index) => [id, index]));
  const crossed = crossedInterval(
    values.map((value) => ({ ...value, unit: ids.get(value.unit) })),
    resample(seeds, random.fork('runs')),
    resample(ids.size, random.fork('units')),
  );
  const plain = pairedDifference(pairs);
  return {
    gain: plain.mean,
    deviation: plain.deviation,
    intervals: {
      student: plain.test?.interval,
      corrected: pairedDifference(pairs, { testToTrainRatio: ratio }).test?.interval,
      clips: crossed,
    },
  };
}

const kinds = { student: 'Student’s t', corrected: 'Nadeau and Bengio', clips: 'over other clips' };
console.log(
  `${corpora} corpora, ${seeds} seeds of each: how often a 95% interval holds the true gain (its mean width, points)\n`,
);
for (const chance of chances) {
  console.log(
    chance === 0
      ? 'Trainings that nothing but their clips changes:\n'
      : '\nTrainings that chance changes, too, as first weights do:\n',
  );
  console.log(`| splits as of | true gain | deviation over seeds | ${Object.values(kinds).join(' | ')} |`);
  console.log('| --- | ---: | ---: | ---: | ---: | ---: |');
  for (const design of designs) console.log(rowOf(design, chance));
}

function rowOf(design, chance) {
  const random = new Random(seed).fork(design.name);
  const measured = Array.from({ length: corpora }, (_, i) => {
    const own = random.fork(`corpus ${i}`);
    return measure(design, drawCorpus(design, own), own, chance);
  });
  const meanOver = (value) => measured.reduce((total, one) => total + value(one), 0) / corpora;
  const truth = meanOver(({ gain }) => gain);
  const cells = Object.keys(kinds).map((kind) => {
    const all = measured.flatMap(({ intervals }) => (intervals[kind] ? [intervals[kind]] : []));
    const holds = all.filter(([low, high]) => low <= truth && truth <= high).length;
    const width = all.reduce((total, [low, high]) => total + high - low, 0) / all.length;
    return `${((100 * holds) / all.length).toFixed(1)} % (${width.toFixed(1)})`;
  });
  const deviation = meanOver((one) => one.deviation).toFixed(1);
  return `| ${design.name} | ${truth.toFixed(1)} | ${deviation} | ${cells.join(' | ')} |`;
}
