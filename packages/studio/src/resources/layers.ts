import {
  atTrainedTap,
  type ComparisonResults,
  type Estimate,
  formatEffect,
  formatPoints,
  formatShareEstimate,
  formatUnitEstimate,
  type LayerResults,
  layerChance,
  layerChange,
  layerMeasures,
  layerSummaries,
  resamplingRatio,
  type TrainedTap,
} from 'antitransfer/answers';
import { methodsOf, repetitionName } from 'antitransfer/runs';
import type { Comparison } from '../comparisons/comparison.js';
import { lookAtLayers } from '../comparisons/look-at-layers.js';
import type {
  Change,
  LayerMeasureView,
  LayerNetwork,
  LayersView,
  LayerTask,
  Shown,
  TrainedTapRow,
} from '../views/layers.js';
import type { Resource } from './resource.js';

export const layers: Resource<LayersView> = {
  path: 'runs/:run/layers',
  description:
    'What probes read of each orthogonal task, and how alike networks are to the frozen ones, at every tap.',
  load: async (studio, { run }) => viewOf(await studio.comparison(run)),
  exported: async () => [{}],
  toShare: ({ command: _, ...view }) => view,
};

async function viewOf(comparison: Comparison): Promise<LayersView> {
  const [{ experiment, repetitions }, results, analysis, trainedTap] = await Promise.all([
    comparison.index(),
    comparison.results(),
    comparison.layers(),
    comparison.trainedTap(),
  ]);
  return {
    target: experiment.target,
    ...(trainedTap !== undefined && { trainedTap }),
    position: experiment.position,
    networks: [
      ...(analysis?.results.some(({ method }) => method === null) ? [FIRST_WEIGHTS] : []),
      ...methodsOf(experiment).map(({ id, label, control }) => ({ id, label: label ?? id, control })),
    ],
    repetitions: repetitions.map(({ seed, fold }) => ({
      name: repetitionName({ seed, fold: fold ?? undefined }),
      seed,
      ...(fold !== null && { fold }),
    })),
    tasks: results === undefined ? [] : results.tasks.map(({ name }) => taskOf(results, analysis, name)),
    command: lookAtLayers(comparison.folder),
    ...(analysis && { taps: analysis.taps }),
  };
}

const FIRST_WEIGHTS: LayerNetwork = { id: null, label: 'before training', control: false };

function taskOf(results: ComparisonResults, analysis: LayerResults | undefined, name: string): LayerTask {
  const trained = atTrainedTap(results, name);
  const chance = trained.find((row) => row.chance !== undefined)?.chance;
  return {
    name,
    trained: trained.map(trainedRow),
    ...(chance !== undefined && { chance }),
    measures: analysis === undefined ? [] : measuresOf(results, analysis, name),
  };
}

function trainedRow({ method, probe, probeChange, cka, ckaChange, ckaCurve }: TrainedTap): TrainedTapRow {
  return {
    method,
    ...(probe && { probe: shown(probe, formatShareEstimate) }),
    ...(probeChange && { probeChange: changeOf(probeChange, formatPoints) }),
    ...(cka && { cka: shown(cka, formatUnitEstimate) }),
    ...(ckaChange && { ckaChange: changeOf(ckaChange, formatEffect) }),
    ckaCurve,
  };
}

function measuresOf(results: ComparisonResults, analysis: LayerResults, task: string): LayerMeasureView[] {
  const testToTrainRatio = resamplingRatio(results);
  const chance = layerChance(analysis, task)?.mean;
  return layerMeasures.flatMap((measure) => {
    const { id, title, description, domain, scale, isAccuracy } = measure;
    const cells = layerSummaries(analysis, task, measure, {
      ...(testToTrainRatio !== undefined && { testToTrainRatio }),
    });
    if (cells.length === 0) return [];
    return {
      id,
      title,
      description,
      domain,
      scale,
      ...(isAccuracy && chance !== undefined && { chance }),
      cells: cells.map(({ method, tap, n, mean, interval }) => {
        const change = layerChange(analysis, results, { method, task, tap }, measure);
        return {
          network: method,
          tap,
          value: shown({ n, mean, interval }, (one) => measure.formatEstimate(one)),
          ...(change && { change: changeOf(change, (value) => measure.formatChange(value)) }),
        };
      }),
    };
  });
}

function shown({ n, mean, interval }: Estimate, format: (estimate: Estimate) => string): Shown {
  return {
    n,
    mean,
    ...(interval && { interval }),
    short: format({ n, mean, interval: undefined }),
    text: format({ n, mean, interval }),
  };
}

function changeOf(
  { n, mean, test }: NonNullable<TrainedTap['probeChange']>,
  format: (change: number) => string,
): Change {
  if (test === undefined) return { n, mean, text: format(mean) };
  const [low, high] = test.interval;
  return {
    n,
    mean,
    interval: test.interval,
    text: `${format(mean)} [${format(low)}, ${format(high)}]`,
    isShown: low > 0 || high < 0,
  };
}
