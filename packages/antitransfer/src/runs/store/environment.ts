import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';

/** On what a comparison ran: versions, processor, memory. */
export async function describeEnvironment(): Promise<Record<string, string>> {
  const own = JSON.parse(await readFile(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const runtime = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };
  return {
    antitransfer: own.version,
    'onnxruntime-node': runtime.version,
    node: process.versions.node,
    system: `${platform()} ${release()} ${arch()}`,
    processor: `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} threads`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
  };
}
