import { readFile } from 'node:fs/promises';
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import type { Device } from 'onnx-autograd';
import { z } from 'zod';
import { runtimeVersion } from '../../data/features/runtime-version.js';
import type { JobRecord } from './records.js';

const packageFile = z.object({ version: z.string() });

/** This package's own. */
export async function packageVersion(): Promise<string> {
  const text = await readFile(new URL('../../../package.json', import.meta.url), 'utf8');
  return packageFile.parse(JSON.parse(text)).version;
}

/**
 * On what a job runs: versions, processor, memory.
 *
 * @param device what computes it; absent of the machine as such
 */
export async function describeEnvironment(device?: Device): Promise<Record<string, string>> {
  return {
    antitransfer: await packageVersion(),
    'onnxruntime-node': runtimeVersion,
    node: process.versions.node,
    system: `${platform()} ${release()} ${arch()}`,
    processor: `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} threads`,
    ...(device !== undefined && { device }),
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
  };
}

/**
 * On what jobs ran, some perhaps long ago and elsewhere: where that differs, each value once, in the order of the jobs.
 *
 * ```ts
 * environmentsOf(records.values()); // { node: '20.19.5; 22.3.0', system: 'linux 6.1.0 x64', … }
 * ```
 */
export function environmentsOf(records: Iterable<Pick<JobRecord, 'environment'>>): Record<string, string> {
  const found = new Map<string, Set<string>>();
  for (const { environment } of records) {
    for (const [key, value] of Object.entries(environment)) {
      found.set(key, (found.get(key) ?? new Set()).add(value));
    }
  }
  return Object.fromEntries([...found].map(([key, values]) => [key, [...values].join('; ')]));
}
