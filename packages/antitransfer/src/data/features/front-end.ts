import { expressions, Graph, int64, sizeAt, type Value } from 'onnx-autograd';
import { settingsOf } from '../../registry.js';
import { frontEnds } from './kinds/registry.js';
import { segmentSamples } from './segment-settings.js';
import type { FeatureSettings } from './settings.js';
import { frameCount } from './stft.js';

/** Raised whenever decoders or a front end give other numbers for the same file and settings, so that stored ones are not used. */
export const frontEndVersion = 4;

/** From samples to features, as an ONNX graph of standard operators. */
export interface FrontEnd {
  readonly graph: Graph;
  /** `samples`: `(batch, samples)`, in [-1, 1], at the settings' sample rate. */
  readonly input: Value;
  /** `features`: `(batch, 1, frames, bins)`, not standardised. */
  readonly output: Value;
  /** Length of a segment in samples. */
  readonly samples: number;
  readonly frames: number;
  readonly bins: number;
  /** Centre of each bin in Hz; undefined where a bin is no frequency (mfcc). */
  readonly frequencies: readonly number[] | undefined;
  /** Seconds from one frame to the next; the first is centred on the segment's first sample. */
  readonly hopSeconds: number;
}

/**
 * Builds the front end. The same nodes serve training, the exported model and the browser.
 *
 * ```ts
 * const { frames, bins } = buildFrontEnd(featurePresets.paper);   // 126, 129
 * ```
 *
 * @throws UserError when there are too many mel bands for the window
 */
export function buildFrontEnd(settings: FeatureSettings): FrontEnd {
  const graph = new Graph('front-end');
  const samples = segmentSamples(settings);
  const input = graph.input('samples', ['batch', samples]);
  const kind = frontEnds.find(settings.kind);
  const { features, frequencies } = kind.create(settingsOf(kind, settings), input, settings);
  const bins = sizeAt(features, 1);
  const framesFirst = expressions.transpose(features, [0, 2, 1]);
  const axes = graph.constant(int64([1]), 'channel.axis');
  const output = graph.output(graph.apply('Unsqueeze', [framesFirst, axes], {}, { outputs: ['features'] }));
  return {
    graph,
    input,
    output,
    samples,
    frames: frameCount(settings),
    bins,
    frequencies,
    hopSeconds: settings.hop / settings.sampleRate,
  };
}
