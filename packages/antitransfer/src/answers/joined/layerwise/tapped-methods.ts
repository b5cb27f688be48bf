import { buildFrontEnd } from '../../../data/features/front-end.js';
import { canonicalJson } from '../../../files/canonical-json.js';
import { lastConvolution } from '../../../learning/networks/network.js';
import { buildNetwork } from '../../../learning/networks/registry.js';
import type { MethodSettings } from '../../../runs/config/method.js';
import { methodsOf } from '../../../runs/config/methods.js';
import { type Experiment, experimentSchema } from '../../../runs/config/schema.js';
import { type DefaultTap, tapOf } from '../../../runs/plan/looks.js';
import type { ComparisonResults } from '../../results.js';

/** A method all of whose parts look at one tap. */
export interface TappedMethod {
  readonly id: string;
  readonly tap: string;
  /** What it is but for its tap and its name: methods of equal form differ in nothing else. */
  readonly form: string;
}

/** Where the methods of a comparison look. */
export interface TappedMethods {
  /** The comparison but for its taps, its methods and how often it was repeated, in one form. */
  readonly experiment: string;
  /** The reference of the gains, in one form. */
  readonly reference: string;
  readonly methods: readonly TappedMethod[];
  /** The network's taps in the order of its layers; empty of a network that was given as a file, which is not in the results. */
  readonly order: readonly string[];
}

/** Where a network that is not known is looked at when nobody says otherwise. */
const LAST = 'last convolution';

/** Where the methods of a comparison look; undefined where its configuration is none of this version. */
export function tappedMethods({ config }: ComparisonResults): TappedMethods | undefined {
  const { execution: _, ...asked } = config;
  const parsed = experimentSchema.safeParse(asked);
  if (!parsed.success) return undefined;
  const experiment: Experiment = parsed.data;
  const { order, last } = tapsOf(experiment);
  const at: DefaultTap = { tap: experiment.tap ?? last, position: experiment.position };
  const all = methodsOf(experiment).map((method) => ({ method, ...formOf(method, experiment, at) }));
  const { name, tap, position, methods, removableThreshold, reported, ...rest } = experiment;
  const { seeds, firstSeed, splits, firstSplit, ...same } = rest;
  return {
    experiment: canonicalJson(same),
    reference: canonicalJson(all[0] === undefined ? null : [all[0].form, all[0].taps]),
    methods: all.flatMap(({ method, form, taps }): TappedMethod[] => {
      const [only, ...others] = taps;
      return only === undefined || others.length > 0 ? [] : [{ id: method.id, tap: only, form }];
    }),
    order,
  };
}

/** The taps of a network by name do not depend on its width or what stands above them. */
function tapsOf({ network: { name, model, ...choices }, features }: Experiment): {
  readonly order: readonly string[];
  readonly last: string;
} {
  if (model !== null) return { order: [], last: LAST };
  const { frames, bins } = buildFrontEnd(features);
  const network = buildNetwork(name, { classes: 2, input: [1, frames, bins], ...choices, head: 'pooled' });
  return { order: [...network.taps.keys()], last: lastConvolution(network) };
}

/** A method without its taps and its name, in one form, and at which taps it looks. */
function formOf(
  { id, label, description, control, objectives, correction, ...rest }: MethodSettings,
  { orthogonal }: Experiment,
  at: DefaultTap,
): { readonly form: string; readonly taps: readonly string[] } {
  const taps = new Set<string>();
  const task = orthogonal[0].name;
  const parts = [...objectives, ...(correction === null ? [] : [correction])].map((part) => {
    const own = tapOf(part, at);
    if (own === undefined) return { orthogonal: task, ...defined(part) };
    taps.add(own.tap);
    const { frozenTap = null, ...others } = { orthogonal: task, ...defined(part) } as Record<string, unknown>;
    return {
      ...others,
      tap: null,
      position: own.position,
      // The frozen network is looked at where the trained one is, unless it is said otherwise.
      frozenTap: frozenTap === own.tap ? null : frozenTap,
    };
  });
  return { form: canonicalJson({ ...rest, parts }), taps: [...taps] };
}

/** What is set: an orthogonal task that is not named is the first. */
function defined(part: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(part).filter(([key, value]) => key !== 'orthogonal' || value));
}
