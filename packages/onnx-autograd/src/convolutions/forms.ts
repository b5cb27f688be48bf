import type { Value } from '../graph/value.js';
import { attributesOf, type Convolution, isThreeByThree } from './convolution.js';
import { filterGradientAsProducts } from './products.js';
import { filterGradientAsConvolution, inputGradientAsConvolution } from './standard.js';
import { Winograd } from './winograd.js';

type Gradient = (dy: Value, x: Value, filter: Value, convolution: Convolution) => Value;

/** How the gradients of convolutions are written as nodes. Every form has the same value; which is fast depends. */
export interface GradientForms {
  readonly inputGradient: Gradient;
  readonly filterGradient: Gradient;
}

/** How a whole convolution is written; the node as it stands where `forward` makes nothing. */
export interface ConvolutionForms extends GradientForms {
  forward(x: Value, filter: Value, convolution: Convolution): Value | undefined;
}

/** Convolutions for both gradients: operators that every runtime has. */
export const standardForms: ConvolutionForms = {
  forward: () => undefined,
  inputGradient: inputGradientAsConvolution,
  filterGradient: filterGradientAsConvolution,
};

/** The same with matrix products for the filter's gradient, where they can be had. */
export const productForms: ConvolutionForms = {
  ...standardForms,
  filterGradient: (dy, x, filter, convolution) =>
    filterGradientAsProducts(dy, x, filter, convolution) ??
    filterGradientAsConvolution(dy, x, filter, convolution),
};

/**
 * The fastest form that is known for each layer and phase on a CPU, by its channels (`bench/convolution-forms.mjs`).
 * Constants are shared: one object serves one graph.
 *
 * @param least from which balance on Winograd's form is taken
 */
export function cpuForms(least = leastBalance): ConvolutionForms {
  const winograd = new Winograd();
  const pays = (x: Value, filter: Value, convolution: Convolution, from: number) =>
    fits(x, convolution) && balance(filter) >= from;
  return {
    forward: (x, filter, convolution) =>
      pays(x, filter, convolution, least.maps) ? winograd.forward(x, filter) : undefined,
    inputGradient: (dy, x, filter, convolution) =>
      pays(x, filter, convolution, least.maps)
        ? winograd.inputGradient(dy, filter)
        : inputGradientAsConvolution(dy, x, filter, convolution),
    filterGradient: (dy, x, filter, convolution) =>
      pays(x, filter, convolution, least.filter)
        ? winograd.filterGradient(dy, x)
        : productForms.filterGradient(dy, x, filter, convolution),
  };
}

/** From which balance on Winograd's form is ahead: where maps come out, and where a filter does. */
const leastBalance = { maps: 40, filter: 10 };

/**
 * Products saved for each number that is transformed: the direct form takes `out * channels` at a place, the transforms
 * move `out + channels` numbers.
 */
function balance(filter: Value): number {
  const [out, channels] = filter.knownShape as [number, number];
  return (out * channels) / (out + channels);
}

function fits(x: Value, convolution: Convolution): boolean {
  return (
    x.type === 'float32' &&
    isThreeByThree(convolution) &&
    x.knownShape.slice(1).every((size) => typeof size === 'number')
  );
}

/** The domain of nodes that no runtime knows: they stand for a gradient whose form is chosen later. */
export const deferredDomain = 'onnx-autograd';

/** Leaves the choice for later, when it is known where the graph will run. */
export const deferredForms: GradientForms = {
  inputGradient: (dy, x, filter, convolution) =>
    dy.graph.apply('ConvInputGradient', [dy, x, filter], attributesOf(convolution), {
      domain: deferredDomain,
      like: x,
    }),
  filterGradient: (dy, x, filter, convolution) =>
    dy.graph.apply('ConvFilterGradient', [dy, x, filter], attributesOf(convolution), {
      domain: deferredDomain,
      like: filter,
    }),
};
