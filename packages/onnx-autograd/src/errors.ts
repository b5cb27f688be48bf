/** The names of this library's own errors. */
export type AutogradErrorName =
  | 'GraphError'
  | 'UnsupportedOperatorError'
  | 'OnnxFormatError'
  | 'NonFiniteLossError'
  | 'DeviceUnavailableError';

/**
 * What all errors of this library have in common: a model, data, settings or a machine caused them, and their message says
 * to a user what to do. Anything else that is thrown is a mistake in a program.
 */
export abstract class AutogradError extends Error {
  /** That of its class. */
  abstract override readonly name: AutogradErrorName;
  /** The mark by which the message is known to be for users, without this library being loaded. */
  readonly userFacing = true;

  /** What its class makes the same error from, on the other side of a thread. */
  get parameters(): readonly (string | number)[] {
    return [this.message];
  }
}

/** A graph that is not well-formed, or an operator applied to values that it does not accept. */
export class GraphError extends AutogradError {
  override readonly name: AutogradErrorName = 'GraphError';
}

/** An operator without a gradient rule lies between the loss and a parameter. Raised before anything runs. */
export class UnsupportedOperatorError extends GraphError {
  override readonly name = 'UnsupportedOperatorError';

  constructor(
    /** As the ONNX standard names it. */
    readonly operator: string,
    /** The name of its node. */
    readonly node: string,
    /** Why no gradient passes it. */
    readonly reason: string,
  ) {
    super(`${operator} (node "${node}"): ${reason}`);
  }

  override get parameters(): readonly string[] {
    return [this.operator, this.node, this.reason];
  }
}

/** Bytes that are not an ONNX model, or use a part of the format that is not read here. */
export class OnnxFormatError extends AutogradError {
  override readonly name = 'OnnxFormatError';
}

/** The loss became NaN or infinite. The parameters are still those from before the step. */
export class NonFiniteLossError extends AutogradError {
  override readonly name = 'NonFiniteLossError';

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
        'A lower learning rate or gradient clipping usually helps; check the inputs for NaN too, and labels that the graph ' +
        'computes for numbers that are no class.',
    );
  }

  override get parameters(): readonly number[] {
    return [this.step, this.loss];
  }
}

/** A device that cannot be had on this machine. The message says why and how to get it. */
export class DeviceUnavailableError extends AutogradError {
  override readonly name = 'DeviceUnavailableError';
}

const classes: Readonly<Record<AutogradErrorName, new (...parameters: never[]) => AutogradError>> = {
  GraphError,
  UnsupportedOperatorError,
  OnnxFormatError,
  NonFiniteLossError,
  DeviceUnavailableError,
};

/** An error as plain data, which crosses from a thread to another. */
export type SentError =
  | { readonly own: AutogradErrorName; readonly parameters: readonly (string | number)[] }
  | { readonly name: string; readonly message: string; readonly stack?: string };

/** An error as plain data. */
export function errorToSend(error: unknown): SentError {
  if (error instanceof AutogradError) return { own: error.name, parameters: error.parameters };
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message, stack } = error;
  return { name, message, ...(stack !== undefined && { stack }) };
}

/** An error that crossed from a thread: this library's in their own classes again, others with the stack that they had. */
export function errorThatWasSent(sent: SentError): Error {
  if ('own' in sent) return new classes[sent.own](...(sent.parameters as never[]));
  const { name, message, stack } = sent;
  return Object.assign(new Error(message), { name }, stack !== undefined && { stack });
}
