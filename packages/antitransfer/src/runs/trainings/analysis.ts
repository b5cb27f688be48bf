import { Random } from 'onnx-autograd/random';
import { linearCka } from '../../analysis/cka.js';
import { controlLabels } from '../../analysis/control-labels.js';
import { descriptionLength } from '../../analysis/description-length.js';
import { probeUntilStopped } from '../../analysis/probe.js';
import { lastConvolution, type Network, tapped } from '../../learning/networks/network.js';
import { standardised } from '../../learning/networks/standardised.js';
import { loadNetwork } from '../../learning/networks/store.js';
import { gramLikeness, type MapsOf } from '../../learning/training/compare-maps.js';
import type { Dataset } from '../../learning/training/dataset.js';
import { observeValue } from '../../learning/training/observe.js';
import { itemAt } from '../../lookup.js';
import { rowsOf } from '../../numbers/rows-of.js';
import { ClipLoader } from '../data/load-clips.js';
import type { JobContext } from '../jobs/job-context.js';
import { networkOfJob } from '../plan/network.js';
import { describeEnvironment } from '../store/environment.js';
import { type AnalysisJob, deviceOf, type TargetJob } from '../store/job.js';
import type { AnalysisRecord } from '../store/records.js';
import { type Probed, probedClips } from './probe-task.js';
import { trainingOf } from './training-of.js';

type Task = AnalysisRecord['tasks'][number];
type Likeness = NonNullable<Task['cka']>;

/** Fewer clips have no unbiased CKA. */
const LEAST = 4;

/** Looks closely at one tap of a network: what can be read there, and how alike it is to the frozen networks. */
export async function analyze(job: AnalysisJob, context: JobContext): Promise<AnalysisRecord> {
  const started = performance.now();
  const { store } = context;
  const { spec } = await trainingOf(job.training, store);
  const loader = await ClipLoader.open(store, spec.features, spec.standardisation);
  try {
    const test = await loader.load(job.test, spec.column, spec.classes);
    const analysis = new Analysis(job, spec, context, loader, test);
    const network = await analysis.network();
    const tasks: Task[] = [];
    for (const task of job.tasks) tasks.push(await analysis.task(task, network));
    return {
      kind: 'analysis',
      version: 2,
      tasks,
      seconds: (performance.now() - started) / 1000,
      environment: await describeEnvironment(deviceOf(job)),
    };
  } finally {
    await loader.close();
  }
}

class Analysis {
  readonly #random: Random;
  /** Another clip for each, at random. */
  readonly #others: readonly number[];

  constructor(
    readonly job: AnalysisJob,
    readonly spec: TargetJob,
    readonly context: JobContext,
    readonly loader: ClipLoader,
    readonly test: Dataset,
  ) {
    this.#random = new Random(spec.seed).fork('analysis');
    const order = this.#random.fork('other clips').shuffle([...test.labels.keys()]);
    const others: number[] = [];
    for (const [i, clip] of order.entries()) others[clip] = itemAt(order, (i + 1) % order.length);
    this.#others = others;
  }

  /** The network that is looked at, behind the standardisation. */
  async network(): Promise<Network> {
    const { job, spec, loader, test } = this;
    const { store } = loader;
    const bare =
      job.network === 'trained'
        ? await loadNetwork(store.job(job.correction ?? job.training).network)
        : await networkOfJob(
            spec.network,
            (digest) => store.model(digest),
            test.features.shape,
            spec.classes.length,
            new Random(spec.seed).fork('network'),
          );
    return standardised(bare, loader.standardisation);
  }

  async task(task: AnalysisJob['tasks'][number], network: Network): Promise<Task> {
    const { job, loader, test } = this;
    const current: MapsOf = { network, value: tapped(network, job.tap, job.position) };
    const [maps = new Float32Array()] = await this.#observe(current, [test]);
    const frozen = this.#mapsOf(await loadNetwork(loader.store.job(task.network).network));
    const untrained = await this.#untrained(task.network);
    const measured = {
      cka: await this.#cka(maps, frozen, untrained),
      gram: await this.#gram(current, frozen, untrained),
    };
    const observe = (datasets: readonly Dataset[]) => this.#observe(current, datasets);
    const clips = { task, test: job.test, target: this.spec.column };
    const probed = await probedClips(clips, loader, maps, observe);
    const readings: Pick<Task, 'linear' | 'mlp'> = {};
    for (const reader of job.readers) readings[reader] = await this.#read(probed, reader, task.column);
    return { ...measured, ...readings };
  }

  /** The maps of a frozen network at the tap, or at its last one, where it has none of that name. */
  #mapsOf(bare: Network): MapsOf {
    const network = standardised(bare, this.loader.standardisation);
    const tap = network.taps.has(this.job.tap) ? this.job.tap : lastConvolution(network);
    return { network, value: tapped(network, tap, this.job.position) };
  }

  /** The frozen network with the weights that its training began with; undefined where it was given. */
  async #untrained(id: string): Promise<MapsOf | undefined> {
    const { store } = this.loader;
    const spec = await store.job(id).job();
    if (spec?.kind !== 'orthogonal' || 'model' in spec.network) return undefined;
    const { shape } = this.test.features;
    const random = new Random(spec.seed).fork('orthogonal');
    const modelPath = (digest: string) => store.model(digest);
    return this.#mapsOf(await networkOfJob(spec.network, modelPath, shape, spec.classes.length, random));
  }

  #observe({ network, value }: MapsOf, datasets: readonly Dataset[]): Promise<Float32Array[]> {
    return observeValue(network, value, datasets, this.#run());
  }

  #run() {
    const { threads } = this.context.execution;
    return { batch: this.spec.training.batch, threads: threads ?? 1, device: deviceOf(this.job) };
  }

  async #cka(maps: Float32Array, frozen: MapsOf, untrained: MapsOf | undefined): Promise<Likeness | null> {
    const clips = this.test.labels.length;
    if (clips < LEAST) return null;
    const own = rowsOf(maps, clips);
    const of = async (network: MapsOf) => {
      const [values = new Float32Array()] = await this.#observe(network, [this.test]);
      return rowsOf(values, clips);
    };
    const said = await of(frozen);
    const ofOthers = this.#others.map((clip) => itemAt(said, clip));
    const debiased = { debiased: true };
    return {
      value: linearCka(own, said, debiased),
      shuffled: linearCka(own, ofOthers, debiased),
      untrained: untrained === undefined ? null : linearCka(own, await of(untrained), debiased),
    };
  }

  async #gram(current: MapsOf, frozen: MapsOf, untrained: MapsOf | undefined): Promise<Likeness | null> {
    const same = [...this.test.labels.keys()];
    const likeness = (other: MapsOf, clips: readonly number[]) =>
      gramLikeness(current, other, this.test, clips, this.#run());
    const value = await likeness(frozen, same);
    const shuffled = await likeness(frozen, this.#others);
    if (value === undefined || shuffled === undefined) return null;
    return {
      value,
      shuffled,
      untrained: (untrained && (await likeness(untrained, same))) ?? null,
    };
  }

  /** How well a label is read, and labels that say nothing. */
  async #read(
    probed: readonly Probed[],
    reader: 'linear' | 'mlp',
    column: string,
  ): Promise<NonNullable<Task['linear']>> {
    const { signal, tell } = this.context;
    const random = this.#random.fork(column);
    const labels = probed.map(({ label }) => label);
    const types = probed.map(({ label, target }, i) =>
      target === undefined ? `clip ${i}` : `${target} ${label}`,
    );
    const kinds = {
      accuracy: labels,
      control: controlLabels(labels, types, random.fork('control labels')),
      shuffled: random.fork('shuffled labels').shuffle(labels),
    };
    const vectors = probed.map(({ vector }) => vector);
    const options = {
      random: random.fork('probe'),
      reader,
      groups: probed.map(({ recording }) => recording),
      signal,
      onProgress: (progress: { readonly done: number; readonly total: number }) =>
        tell({ kind: 'probing', ...progress }),
    };
    const read = (of: readonly string[]) => probeUntilStopped(vectors, of, options);
    const { bits, uniform } = await descriptionLength(vectors, labels, options);
    const { accuracy, chance, sample } = await read(kinds.accuracy);
    return {
      accuracy,
      chance,
      control: (await read(kinds.control)).accuracy,
      shuffled: (await read(kinds.shuffled)).accuracy,
      bits,
      uniformBits: uniform,
      clips: sample?.vectors ?? probed.length,
    };
  }
}
