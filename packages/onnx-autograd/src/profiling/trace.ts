/** A node as ONNX Runtime ran it once. */
export interface ExecutedNode {
  /** Its name after ONNX Runtime's own rewriting. */
  readonly name: string;
  readonly operator: string;
  /**
   * That it computed: of a graphics card the card's own time, which goes on long after a node was handed to it. What a node of
   * the processor waited for the card does not count.
   */
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
  /** Whether a graphics card said how long its nodes took. */
  readonly isTimedOnCard: boolean;
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
    .map(({ ts, dur }) => {
      const isWithin = (event: TraceEvent) => event.ts >= ts && event.ts < ts + dur;
      const onCard = events.filter((event) => event.cat === 'Api' && isWithin(event));
      const times = cardTimes(onCard);
      return {
        milliseconds: dur / 1000,
        isTimedOnCard: onCard.length > 0,
        nodes: nodes
          .filter(isWithin)
          .map((event) => executed(event, times.get(nameOf(event)) ?? ownTime(event, onCard) / 1000)),
      };
    });
}

/** Milliseconds by node. A node has one or more programs of a card, each called `NODE&OPERATOR&PROGRAM`. */
function cardTimes(programs: readonly TraceEvent[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const { name, dur } of programs) {
    const node = name.split('&').slice(0, -2).join('&');
    times.set(node, (times.get(node) ?? 0) + dur / 1000);
  }
  return times;
}

/** Microseconds of a node of the processor in which the card did nothing. Programs of a card come one after another. */
function ownTime({ ts, dur }: TraceEvent, onCard: readonly TraceEvent[]): number {
  const shared = onCard.reduce((sum, program) => {
    const overlap = Math.min(ts + dur, program.ts + program.dur) - Math.max(ts, program.ts);
    return sum + Math.max(0, overlap);
  }, 0);
  return Math.max(0, dur - shared);
}

const suffix = /_kernel_time$/;

function nameOf({ name }: TraceEvent): string {
  return name.replace(suffix, '');
}

function executed(event: TraceEvent, milliseconds: number): ExecutedNode {
  const { args } = event;
  const shapes = (list: readonly Readonly<Record<string, readonly number[]>>[] | undefined) =>
    (list ?? []).map((typed) => Object.values(typed)[0] ?? []);
  return {
    name: nameOf(event),
    operator: args?.op_name ?? '',
    milliseconds,
    inputs: shapes(args?.input_type_shape),
    outputs: shapes(args?.output_type_shape),
    bytesInUse: Number(args?.mem_bytes_in_use ?? 0),
  };
}
