import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { codeOfJobs } from '../../src/runs/queue/queued-job.js';
import { hasServer, RedisServer } from '../runs/queue/redis-server.js';
import { tinyTree, writeTiny } from '../runs/tiny.js';
import { WorkerCommand } from '../runs/worker/workers.js';
import { expectRefused } from './refused.js';
import { run, start } from './run.js';

const secret = 'pa55-of-the-queue';

let root: string;
const servers: RedisServer[] = [];
const workers: WorkerCommand[] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'worker-'));
  await writeTiny(join(root, 'corpus'));
  await writeFile(
    join(root, 'tiny.yaml'),
    stringify({ ...tinyTree(join(root, 'corpus')), methods: ['no-transfer'] }),
  );
});
afterAll(async () => {
  for (const { child } of workers) child.kill('SIGKILL');
  for (const server of servers) await server.remove();
  await rm(root, { recursive: true, force: true });
});

async function serve(...options: string[]): Promise<RedisServer> {
  const server = await RedisServer.start(...options);
  servers.push(server);
  return server;
}

function startWorker(args: readonly string[], environment: NodeJS.ProcessEnv = {}): WorkerCommand {
  const command = new WorkerCommand(
    [...args, '--cache', join(root, 'cache'), '--concurrency', '1'],
    environment,
  );
  workers.push(command);
  return command;
}

describe('worker', () => {
  it('says what is wrong with the address, without the password in it', async () => {
    expectRefused(await run(root, 'worker'), 'Give --queue redis://host:6379');
    expectRefused(await run(root, 'worker', '--queue'), 'ANTITRANSFER_QUEUE is not set');
    const wrong = await run(root, 'worker', '--queue', `http://ann:${secret}@head`);
    expectRefused(wrong, 'it begins with "http://"');
    const closed = await run(root, 'worker', '--queue', `redis://ann:${secret}@127.0.0.1:1`);
    expectRefused(closed, 'The queue at redis://127.0.0.1:1/0 cannot be reached: ', 'ECONNREFUSED');
    for (const { out, err } of [wrong, closed]) expect(out + err).not.toContain(secret);
  }, 120_000);
});

describe.runIf(hasServer)('worker, at a queue', () => {
  it('that wants a password is let in by it, and leaves it nowhere', async () => {
    const server = await serve('--requirepass', secret);
    const address = server.url.replace('//', `//default:${secret}@`);
    const without = await run(root, 'worker', '--queue', server.url);
    expectRefused(without, 'NOAUTH', 'user and password');
    const wrong = await run(root, 'worker', '--queue', address.replace(secret, `${secret}-not`));
    expectRefused(wrong, 'WRONGPASS', 'user and password');
    const worker = startWorker(['--queue', '--store', join(root, 'store')], { ANTITRANSFER_QUEUE: address });
    const flags = ['--queue', address, '--store', 'store', '--output', 'out'];
    const { code, out, err } = await run(root, 'compare', 'tiny.yaml', ...flags);
    expect(code, err).toBe(0);
    worker.kill('SIGTERM');
    const { text } = await worker.ended;
    for (const said of [out, err, text, without.err, wrong.err]) expect(said).not.toContain(secret);
    expect(await filesWith(secret, root)).toEqual([]);
  }, 240_000);

  it('that encrypts is reached by rediss://, where its certificate is known', async () => {
    const certificate = makeCertificate(root);
    if (certificate === undefined) {
      console.warn('SKIPPED, not tested here: a queue that encrypts (no openssl)');
      return;
    }
    const { key, cert } = certificate;
    const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert];
    const server = await RedisServer.startEncrypted(...files, '--tls-auth-clients', 'no');
    servers.push(server);
    const url = `rediss://localhost:${server.port}`;
    expectRefused(await run(root, 'worker', '--queue', url), 'cannot be reached', 'certificate');
    const trusting = startWorker(['--queue', url, '--store', 'store', '--until-empty'], {
      NODE_EXTRA_CA_CERTS: cert,
    });
    expect(await trusting.ended).toMatchObject({
      code: 0,
      text: expect.stringContaining(`jobs from ${url}/0`),
    });
  }, 240_000);

  it('whose jobs are of another version ends, and says which two they are', async () => {
    const server = await serve();
    const redis = new Redis(server.url, { maxRetriesPerRequest: null });
    const lane = new Queue('cpu-1c-256m', { connection: redis, prefix: 'antitransfer' });
    await redis.sadd('antitransfer:lanes', 'cpu-1c-256m');
    await lane.add('job', { code: 'antitransfer 9.9.9 (jobs 99)' }, { jobId: 'f'.repeat(32) });
    const { code, text } = await startWorker(['--queue', server.url, '--store', join(root, 'store')]).ended;
    expect(code).toBe(2);
    expect(text).toContain(
      `This worker is ${await codeOfJobs()}, and the job was queued by antitransfer 9.9.9 (jobs 99)`,
    );
    expect(await lane.getJobState('f'.repeat(32))).toBe('waiting');
    await lane.close();
    redis.disconnect();
  }, 240_000);

  it('of another store leaves its jobs to others, and says what it lacks; Ctrl-C of the command leaves them queued', async () => {
    const server = await serve();
    const where = ['--queue', server.url];
    const other = startWorker([...where, '--store', join(root, 'other-store')]);
    const flags = [...where, '--store', 'lacked-store', '--output', 'lacked'];
    const command = start(root, 'compare', 'tiny.yaml', ...flags);
    await other.says(/left to others: its store ".*other-store" does not know the job/);
    command.child.kill('SIGINT');
    const stopped = await command.ended;
    expect(stopped.code).toBe(130);
    expect(stopped.err).toMatch(/leaves it to others: its store\s+".*other-store"/);
    expect(stopped.err).toContain('the queued jobs go on at their workers; the same command finds them');
    other.kill('SIGTERM');
    await other.ended;
    startWorker([...where, '--store', join(root, 'lacked-store')]);
    const again = await run(root, 'compare', 'tiny.yaml', ...flags);
    expect(again.code, again.err).toBe(0);
    expect(again.err).toMatch(/0 jobs queued at .*, \d were there/);
  }, 240_000);

  it('leaves jobs that ask for more than it has, and ends where nothing else is left', async () => {
    const server = await serve();
    const flags = [
      '--queue',
      server.url,
      '--store',
      'large-store',
      '--output',
      'large',
      '--job-memory',
      '50000',
    ];
    const command = start(root, 'compare', 'tiny.yaml', ...flags);
    const small = ['--queue', server.url, '--store', join(root, 'large-store'), '--memory', '1000'];
    const waiting = startWorker(small);
    await waiting.says(/left to others: jobs that ask for 65536 MiB, 1 cores, cpu \(here 1000 MiB/);
    const { code, text } = await startWorker([...small, '--until-empty']).ended;
    expect(text).toContain('ended: 0 jobs done, 0 failed');
    expect(code).toBe(0);
    startWorker([...small.slice(0, 4), '--memory', '70000']);
    expect((await command.ended).code).toBe(0);
  }, 240_000);
});

/** Files below a folder that hold a text. */
async function filesWith(text: string, folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(folder, { recursive: true })) {
    const path = join(folder, name);
    if ((await stat(path)).isFile() && (await readFile(path)).includes(text)) found.push(path);
  }
  return found;
}

/** A key, and a certificate of its own for localhost; `undefined` where there is no openssl. */
function makeCertificate(folder: string): { readonly key: string; readonly cert: string } | undefined {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert];
  return spawnSync('openssl', [...made, ...subject]).status === 0 ? { key, cert } : undefined;
}
