/** A node as ONNX Runtime ran it once. */
export interface ExecutedNode {
  /** Its name after ONNX Runtime's own rewriting. */
  readonly name: string;
  readonly operator: string;
  readonly milliseconds: number;
  /** Shapes of what it read and wrote. */
  readonly inputs: readonly (readonly number[])[];
  readonly outputs: readonly (readonly number[])[];
  /** Memory of all intermediate values, in bytes, when it had run. */
  readonly bytesInUse: number;
}

/** One run of a session. */
export interface ExecutedRun {
  /** From the call to the results, copies at both ends not included. */
  readonly milliseconds: number;
  /** In the order in which they ran. */
  readonly nodes: readonly ExecutedNode[];
}

interface TraceEvent {
  readonly cat: string;
  readonly name: string;
  /** Microseconds. */
  readonly ts: number;
  readonly dur: number;
  readonly args?: {
    readonly op_name?: string;
    readonly input_type_shape?: readonly Readonly<Record<string, readonly number[]>>[];
    readonly output_type_shape?: readonly Readonly<Record<string, readonly number[]>>[];
    readonly mem_bytes_in_use?: string;
  };
}

/** The runs in a trace that ONNX Runtime wrote (`enableProfiling`). */
export function readTrace(json: string): ExecutedRun[] {
  const events = JSON.parse(json) as TraceEvent[];
  const nodes = events.filter(({ cat, args }) => cat === 'Node' && args?.op_name !== undefined);
  return events
    .filter(({ name }) => name === 'model_run')
    .map(({ ts, dur }) => ({
      milliseconds: dur / 1000,
      nodes: nodes.filter((node) => node.ts >= ts && node.ts < ts + dur).map(executed),
    }));
}

const suffix = /_kernel_time$/;

function executed({ name, dur, args }: TraceEvent): ExecutedNode {
  const shapes = (list: readonly Readonly<Record<string, readonly number[]>>[] | undefined) =>
    (list ?? []).map((typed) => Object.values(typed)[0] ?? []);
  return {
    name: name.replace(suffix, ''),
    operator: args?.op_name ?? '',
    milliseconds: dur / 1000,
    inputs: shapes(args?.input_type_shape),
    outputs: shapes(args?.output_type_shape),
    bytesInUse: Number(args?.mem_bytes_in_use ?? 0),
  };
}
