/** A graph that is not well-formed, or an operator applied to values that it does not accept. */
export class GraphError extends Error {
  override readonly name: string = 'GraphError';
}

/** An operator without a gradient rule lies between the loss and a parameter. Raised before anything runs. */
export class UnsupportedOperatorError extends GraphError {
  override readonly name: string = 'UnsupportedOperatorError';

  constructor(
    /** As the ONNX standard names it. */
    readonly operator: string,
    /** The name of its node. */
    readonly node: string,
    reason: string,
  ) {
    super(`${operator} (node "${node}"): ${reason}`);
  }
}

/** Bytes that are not an ONNX model, or use a part of the format that is not read here. */
export class OnnxFormatError extends Error {
  override readonly name: string = 'OnnxFormatError';
}

/** The loss became NaN or infinite. The parameters are still those from before the step. */
export class NonFiniteLossError extends Error {
  override readonly name: string = 'NonFiniteLossError';

  constructor(
    /** The step at which it happened, from 1. */
    readonly step: number,
    /** The loss of that step, perhaps finite when the gradient is not. */
    readonly loss: number,
  ) {
    const what = Number.isFinite(loss)
      ? `The gradient is not finite (the loss is ${loss})`
      : `The loss is ${loss}`;
    super(
      `${what} at step ${step}. The parameters from before this step are kept. ` +
        'A lower learning rate or gradient clipping usually helps; check the inputs for NaN too.',
    );
  }
}

/** A device that cannot be had on this machine. The message says why and how to get it. */
export class DeviceUnavailableError extends Error {
  override readonly name: string = 'DeviceUnavailableError';
}
