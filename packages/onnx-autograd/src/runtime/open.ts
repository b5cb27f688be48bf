import type { InferenceSession } from 'onnxruntime-common';
import { DeviceUnavailableError } from '../errors.js';
import { type Device, type DeviceChoice, devices, howToGet, keepsResults } from './device.js';
import { formFor } from './form.js';
import { probe } from './probe.js';
import type { Executable, HeldTensor, LoadOptions, OpenDevice, OrtModule, Runtime } from './runtime.js';
import { sessionOptions } from './session-options.js';

interface Failure {
  readonly device: Device;
  readonly why: string;
}

/**
 * Opens a device, having run something on it. `auto` opens the one that was fastest.
 *
 * @throws DeviceUnavailableError that says why, what there is instead, and how to get it.
 */
export async function openDevice(
  runtime: Runtime,
  choice: DeviceChoice = runtime.preferred,
  options: LoadOptions = {},
): Promise<OpenDevice> {
  if (choice !== 'auto') return openOne(runtime, choice, options);
  const failures: Failure[] = [];
  const candidates: Device[] = [];
  for (const device of runtime.devices) {
    const why = await runtime.missing(device);
    if (why === undefined) candidates.push(device);
    else failures.push({ device, why });
  }
  let best: { opened: OpenDevice; milliseconds: number } | undefined;
  if (candidates.length > 0) {
    const ort = await runtime.load(candidates, options);
    for (const device of candidates) {
      try {
        const opened = opening(ort, device, options);
        const milliseconds = await probe(opened, 'speed');
        if (best === undefined || milliseconds < best.milliseconds) best = { opened, milliseconds };
      } catch (error) {
        failures.push({ device, why: firstLine(error) });
      }
    }
  }
  if (best === undefined) throw new DeviceUnavailableError(`No device works here. ${reasons(failures)}.`);
  return best.opened;
}

/** Why devices cannot be had; those that lack the same together. */
function reasons(failures: readonly Failure[]): string {
  const devicesOf = new Map<string, Device[]>();
  for (const { device, why } of failures) devicesOf.set(why, [...(devicesOf.get(why) ?? []), device]);
  return [...devicesOf].map(([why, names]) => `${names.join(', ')}: ${why}`).join('; ');
}

async function openOne(runtime: Runtime, device: Device, options: LoadOptions): Promise<OpenDevice> {
  if (!devices.includes(device)) {
    throw new DeviceUnavailableError(
      `There is no device "${device}"; devices are ${devices.join(', ')}, auto.`,
    );
  }
  const why = await runtime.missing(device);
  if (why !== undefined) throw await unavailable(runtime, device, why);
  try {
    const opened = opening(await runtime.load([device], options), device, options);
    await probe(opened, 'works');
    return opened;
  } catch (cause) {
    throw await unavailable(runtime, device, firstLine(cause), cause);
  }
}

function opening(ort: OrtModule, device: Device, options: LoadOptions): OpenDevice {
  return {
    device,
    ...(ort.web && { web: ort.web }),
    async compile(what, { kept = [], fedWeights = false, trace } = {}) {
      const { form, onProcessor } = formFor(device, what);
      const stay = keepsResults.has(device) ? kept : [];
      const session = await ort.compile(
        form,
        {
          ...sessionOptions(options, fedWeights),
          executionProviders: [
            onProcessor.length > 0 ? { name: 'webgpu', forceCpuNodeNames: onProcessor } : device,
          ],
          ...(trace !== undefined && { enableProfiling: true, profileFilePrefix: trace }),
          ...(stay.length > 0 && {
            preferredOutputLocation: Object.fromEntries(stay.map((name) => [name, 'gpu-buffer' as const])),
          }),
        },
        fedWeights,
      );
      return executable(session, ort, trace !== undefined);
    },
  };
}

function executable(session: InferenceSession, { Tensor }: OrtModule, traced: boolean): Executable {
  return {
    inputs: session.inputNames,
    outputs: session.outputNames,
    async run(feeds, outputs) {
      const held = Object.entries(feeds).map(([name, tensor]) => {
        if ('location' in tensor) return [name, tensor] as const;
        const { type, data, dims } = tensor;
        return [name, new Tensor(type as 'float32', data as Float32Array, dims)] as const;
      });
      return (await session.run(Object.fromEntries(held), outputs)) as Record<string, HeldTensor>;
    },
    release: () => {
      if (traced) session.endProfiling();
      return session.release();
    },
  };
}

async function unavailable(
  runtime: Runtime,
  device: Device,
  why: string,
  cause?: unknown,
): Promise<DeviceUnavailableError> {
  const working: Device[] = [];
  for (const other of runtime.devices) {
    if (other !== device && (await works(runtime, other))) working.push(other);
  }
  const there = working.length === 0 ? 'No other works here.' : `What works here: ${working.join(', ')}.`;
  return new DeviceUnavailableError(
    `The device "${device}" is not available: ${why.replace(/\.$/, '')}. ${there} ${howToGet[device]}`,
    { cause },
  );
}

async function works(runtime: Runtime, device: Device): Promise<boolean> {
  if ((await runtime.missing(device)) !== undefined) return false;
  try {
    await probe(opening(await runtime.load([device], {}), device, {}), 'works');
    return true;
  } catch {
    return false;
  }
}

/** ONNX Runtime's messages are long and hold paths of its sources. */
function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const told = message.replace(/^.*was false\. /s, '').split('\n')[0] ?? '';
  return told.length > 300 ? `${told.slice(0, 300)} …` : told;
}
