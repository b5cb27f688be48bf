import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeWhole } from '../../../../src/files/write-whole.js';
import { S3Bucket } from '../../../../src/runs/store/bucket/bucket.js';
import { CheckpointMirror } from '../../../../src/runs/store/bucket/checkpoint-mirror.js';
import { parseBucketUrl } from '../../../../src/runs/store/bucket/location.js';
import {
  environmentOf,
  type FaultyNetwork,
  type S3Server,
  setEnvironment,
  startNetwork,
  startS3,
} from './s3-server.js';

let server: S3Server;
let network: FaultyNetwork;
let restore: () => void;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'checkpoint-mirror-'));
  server = await startS3('models');
  network = await startNetwork(server.endpoint);
  restore = setEnvironment(environmentOf(network.endpoint));
});
afterAll(async () => {
  restore();
  await network.close();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** What a training of short epochs does: a file an epoch, now and then another best, then the checkpoint that knows of them. */
async function train(signal: AbortSignal): Promise<void> {
  let best = 0;
  for (let epoch = 1; !signal.aborted; epoch++) {
    await writeWhole(join(folder, `maps-${epoch}.bin`), bytesOf(`maps ${epoch}`));
    const before = best;
    if (epoch % 10 === 1) {
      best = epoch;
      await writeWhole(join(folder, `best-${epoch}.safetensors`), bytesOf(`best ${epoch}`));
    }
    await writeWhole(join(folder, 'checkpoint.safetensors'), bytesOf(JSON.stringify({ epoch, best })));
    if (before !== best && before > 0) await rm(join(folder, `best-${before}.safetensors`));
    await wait(20);
  }
}

it('brings checkpoints of a training whose epochs are shorter than a request, each with all that it knows of', async () => {
  network.fault = ({ method }) =>
    method !== 'PUT'
      ? undefined
      : async (_, answer, forward) => {
          await wait(40);
          const { status, headers, body } = await forward();
          answer.writeHead(status, headers as Record<string, string>).end(body);
        };
  const bucket = new S3Bucket(parseBucketUrl('s3://models/mirror'));
  const mirror = await CheckpointMirror.begin(bucket, 'training/', folder);
  const over = new AbortController();
  const training = train(over.signal);
  const seen = new Set<number>();
  // Two rounds at least: the second has what came since.
  while (seen.size < 2) {
    const bytes = await bucket.get('training/checkpoint.safetensors');
    if (bytes === undefined) {
      await wait(100);
      continue;
    }
    const { epoch } = JSON.parse(bytes.toString()) as { epoch: number };
    if (!seen.has(epoch)) {
      for (let earlier = 1; earlier <= epoch; earlier++)
        expect((await bucket.get(`training/maps-${earlier}.bin`))?.toString()).toBe(`maps ${earlier}`);
    }
    seen.add(epoch);
    await wait(100);
  }
  over.abort();
  await training;
  await mirror.end();
  const names: string[] = [];
  for await (const { key } of bucket.list('training/')) names.push(key.slice('training/'.length));
  expect(names.sort()).toEqual((await readdir(folder)).sort());
  for (const name of names)
    expect(await bucket.get(`training/${name}`)).toEqual(await readFile(join(folder, name)));
}, 120_000);
