import { fileURLToPath } from 'node:url';
import type { Device } from '../../src/runtime/device.js';
import { nodeRuntime } from '../../src/runtime/node/runtime.js';
import { openDevice } from '../../src/runtime/open.js';
import { TrainingSession } from '../../src/sessions/node/session.js';
import { describeRow } from '../gradients/row.js';
import { rows } from '../gradients/rows/index.js';
import { findChromium, openPage, servePage } from './chromium.js';
import { deviation, trainingDeviation } from './deviation.js';
import { gradientsOnDevice, type RowResult } from './gradients-on-device.js';
import type { Suite } from './page/page.js';
import { useSoftwareVulkan } from './software-vulkan.js';
import { cases, type Trained, trainOnDevice } from './train-on-device.js';

declare const suite: Suite;

/** A place that computes, and what it computed. */
export interface Surveyed {
  readonly place: string;
  /** By operator: the row that is farthest from the CPU's gradients, and what fails. */
  readonly operators: ReadonlyMap<string, OperatorResult>;
  /** By optimizer: how far ten steps of a small network are from the CPU's. */
  readonly trainings: ReadonlyMap<string, number | string>;
}

export interface OperatorResult {
  readonly rows: number;
  readonly worst: number;
  /** Rows without a result, by what ONNX Runtime says. */
  readonly failures: readonly { readonly row: string; readonly error: string }[];
}

type Results = { rows: RowResult[]; trainings: Map<string, Trained | string> };

/** Runs every row and every training in Node and in Chromium, and compares with the CPU. */
export async function survey(say: (text: string) => void): Promise<Surveyed[]> {
  useSoftwareVulkan();
  say('Node, CPU');
  const reference = await inNode('cpu');
  const surveyed: Surveyed[] = [];
  const add = (place: string, found: Results) => surveyed.push(compared(place, reference, found));
  say('Node, WebGPU');
  add('Node, WebGPU', await inNode('webgpu'));
  const chromium = findChromium();
  if (chromium === undefined) throw new Error('No Chromium was found; CHROMIUM_PATH may name one.');
  const served = await servePage(fileURLToPath(new URL('page', import.meta.url)));
  try {
    for (const device of ['wasm', 'webgpu'] as const) {
      const place = device === 'wasm' ? 'Chromium, WebAssembly' : 'Chromium, WebGPU';
      say(place);
      add(place, await inChromium(served.url, chromium, device));
    }
  } finally {
    await served.close();
  }
  return surveyed;
}

async function inNode(device: Device): Promise<Results> {
  const opened = await openDevice(nodeRuntime, device);
  const found: RowResult[] = [];
  for (const row of rows) found.push(await gradientsOnDevice(opened, row));
  const trainings = await everyTraining((name) =>
    trainOnDevice((options) => TrainingSession.create(options), device, name),
  );
  return { rows: found, trainings };
}

async function inChromium(url: string, executable: string, device: Device): Promise<Results> {
  const { page, close } = await openPage(url, executable, { webgpu: device === 'webgpu' });
  try {
    await page.waitForFunction(() => 'suite' in globalThis);
    const positions = [...rows.keys()];
    const found = await page.evaluate(([device, list]) => suite.rows(device, list), [
      device,
      positions,
    ] as const);
    const trainings = await everyTraining((name) =>
      page.evaluate(([device, name]) => suite.train(device, name, 'worker'), [device, name] as const),
    );
    return { rows: found, trainings };
  } finally {
    await close();
  }
}

async function everyTraining(train: (name: string) => Promise<Trained>): Promise<Results['trainings']> {
  const found: Results['trainings'] = new Map();
  for (const name of Object.keys(cases)) {
    found.set(name, await train(name).catch((error: Error) => error.message));
  }
  return found;
}

function compared(place: string, reference: Results, found: Results): Surveyed {
  const operators = new Map<string, OperatorResult>();
  for (const [i, row] of rows.entries()) {
    const before = operators.get(row.operator) ?? { rows: 0, worst: 0, failures: [] };
    const given = found.rows[i] as RowResult;
    const failed = 'error' in given ? [{ row: describeRow(row), error: given.error }] : [];
    const distance = failed.length > 0 ? 0 : deviation(reference.rows[i] as RowResult, given);
    operators.set(row.operator, {
      rows: before.rows + 1,
      worst: Math.max(before.worst, distance),
      failures: [...before.failures, ...failed],
    });
  }
  const trainings = [...found.trainings].map(([name, trained]): [string, number | string] => {
    const wanted = reference.trainings.get(name);
    if (typeof trained === 'string') return [name, trained];
    if (wanted === undefined || typeof wanted === 'string') throw new Error(`The CPU fails: ${wanted}`);
    return [name, trainingDeviation(wanted, trained)];
  });
  return { place, operators, trainings: new Map(trainings) };
}
