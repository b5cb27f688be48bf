/** What a job asks of a machine. */
export interface Demand {
  readonly memoryMiB: number;
  readonly cores: number;
  /** What computes it: `cpu`. */
  readonly device: string;
}

/** What a machine has, or has left. */
export interface Capacity {
  readonly memoryMiB: number;
  readonly cores: number;
  readonly devices: readonly string[];
}

/** No job takes less: the process itself does. */
const LEAST_MIB = 256;

const laneForm = /^([a-z]+)-(\d+)c-(\d+)m$/;

/**
 * The lane of the queue in which a job waits: jobs that ask for about the same are in one, so that a machine takes from
 * those lanes that fit it and never holds a job that it cannot do. Memory is rounded up to a power of two, in MiB.
 *
 * ```ts
 * laneOf({ memoryMiB: 700, cores: 1, device: 'cpu' }); // 'cpu-1c-1024m'
 * ```
 */
export function laneOf({ memoryMiB, cores, device }: Demand): string {
  const rounded = 2 ** Math.ceil(Math.log2(Math.max(LEAST_MIB, memoryMiB)));
  return `${device}-${cores}c-${rounded}m`;
}

/** What every job of a lane asks for at most; `undefined` where the name is no lane's. */
export function demandOf(lane: string): Demand | undefined {
  const [, device, cores, memoryMiB] = laneForm.exec(lane) ?? [];
  if (device === undefined) return undefined;
  return { device, cores: Number(cores), memoryMiB: Number(memoryMiB) };
}

export function fits({ memoryMiB, cores, device }: Demand, capacity: Capacity): boolean {
  return memoryMiB <= capacity.memoryMiB && cores <= capacity.cores && capacity.devices.includes(device);
}

/** Lanes in the order in which a machine looks into them: first what fewest machines can do. */
export function byDemand(a: string, b: string): number {
  const [first, second] = [demandOf(a), demandOf(b)];
  return (
    (second?.memoryMiB ?? 0) - (first?.memoryMiB ?? 0) ||
    (second?.cores ?? 0) - (first?.cores ?? 0) ||
    (a < b ? -1 : 1)
  );
}
