import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningStudio, startStudio } from '../src/index.js';
import { resources } from '../src/resources/registry.js';
import { chromiumPath, Visit } from './chromium.js';
import { smallComparison } from './small-comparison.js';

const EVIL = '<img src=x onerror=alert(1)>';

/** Every resource, of the comparison where it is of one. */
const addresses = resources.map(({ path }) => path.replace(':run', 'runs%2Fsmall'));

describe('what the studio answers', () => {
  let folder = '';
  let studio: RunningStudio;
  let cookie = '';
  beforeAll(async () => {
    folder = await smallComparison();
    await mkdir(join(folder, 'outside'));
    await cp(join(folder, 'runs/small'), join(folder, 'outside/secret'), { recursive: true });
    await symlink(join(folder, 'outside/secret'), join(folder, 'runs/link'));
    await symlink(join(folder, 'outside'), join(folder, 'runs/parent'));
    await cp(join(folder, 'runs/small'), join(folder, 'runs/moved'), { recursive: true });
    await cp(join(folder, 'runs/small'), join(folder, 'runs', EVIL), { recursive: true });
    await renameMethod(join(folder, 'runs', EVIL, 'results.json'));
    studio = await startStudio({ folders: [join(folder, 'runs')] });
    const { port, pathname, search } = new URL(studio.url);
    const { headers } = await ask(port, pathname + search);
    cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  }, 600_000);
  afterAll(async () => {
    await studio?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const get = (path: string, headers: Record<string, string> = {}) =>
    ask(new URL(studio.url).port, path, { cookie, ...headers });

  it.each(addresses)('%s: to its own page only', async (address) => {
    const path = `/api/${address}`;
    const own = await get(path);
    // Some ask for more than an address; none of them refuses the page itself.
    expect([200, 404, 422]).toContain(own.status);
    expect((await get(path, { cookie: '' })).status).toBe(401);
    expect((await get(path, { cookie: 'antitransfer-studio-1=wrong' })).status).toBe(401);
    for (const host of ['evil.example', 'evil.example:80', '127.0.0.1.evil.example'])
      expect((await get(path, { host })).status).not.toBe(200);
    for (const headers of [
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ] as Record<string, string>[])
      expect((await get(path, headers)).status).toBe(403);
    expect((await ask(new URL(studio.url).port, path, { cookie }, 'POST')).status).not.toBe(200);
    expect(own.headers['content-security-policy']).toContain("default-src 'none'");
    expect(own.headers['x-content-type-options']).toBe('nosniff');
  });

  it.each(addresses.filter((address) => address.includes('runs%2Fsmall')))(
    '%s: of comparisons below its folders only',
    async (address) => {
      for (const run of [
        '..',
        '%2e%2e',
        '..%2Foutside%2Fsecret',
        'runs%2F..%2F..%2Foutside%2Fsecret',
        'runs%2F%2e%2e%2Foutside%2Fsecret',
        'runs%2Flink',
        'runs%2Fparent%2Fsecret',
        encodeURIComponent(join(folder, 'runs/small')),
        encodeURIComponent(join(folder, 'outside/secret')),
        'runs%2Fsmall%00',
        'runs%5Csmall',
      ]) {
        const { status, body } = await get(`/api/${address.replace('runs%2Fsmall', run)}`);
        expect(status, run).toBe(404);
        expect(body).not.toContain('"jobs"');
      }
    },
  );

  it('no file but those of the page', async () => {
    for (const path of [
      '/../package.json',
      '/%2e%2e/package.json',
      '/assets/..%2f..%2fpackage.json',
      '/.env',
    ])
      expect((await get(path)).status, path).toBe(404);
  });

  it('not what has become a link out of its folder since it was found', async () => {
    expect((await get('/api/runs/runs%2Fmoved')).status).toBe(200);
    await rename(join(folder, 'runs/moved'), join(folder, 'outside/moved'));
    await symlink(join(folder, 'outside/moved'), join(folder, 'runs/moved'));
    expect((await get('/api/runs/runs%2Fmoved')).status).toBe(404);
  });

  it('nothing longer than 10 MB', async () => {
    const { status } = await ask(
      new URL(studio.url).port,
      '/api/runs',
      { cookie, origin: new URL(studio.url).origin, 'content-length': String(11 * 1024 * 1024) },
      'POST',
    );
    expect(status).toBe(413);
  });

  it.skipIf(chromiumPath === undefined)(
    'names only as text, and says which links it does not follow',
    async () => {
      const visit = await Visit.begin(join(folder, 'runs'));
      try {
        const { page, complaints } = await visit.open();
        await page.locator('.runs a', { hasText: EVIL }).click();
        await page.locator('table.results').first().waitFor();
        // Long names are broken into lines.
        await page.locator('.chart text', { hasText: 'onerror=alert(1)>' }).first().waitFor();
        expect(await page.locator('img').count()).toBe(0);
        expect(complaints).toEqual([]);
        await page.goto(`${visit.origin}/#/`);
        await page.locator('.refused li').first().waitFor();
        const refused = await page.locator('.refused li').allTextContents();
        expect(refused.filter((path) => path.endsWith('/link') || path.endsWith('/parent'))).toHaveLength(2);
      } finally {
        await visit.end();
      }
    },
  );
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Asks as it is written: no client mends the path or the names. */
function ask(
  port: string,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers }, (answer) => {
      let body = '';
      answer.setEncoding('utf8');
      answer.on('data', (text: string) => {
        body += text;
      });
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

/** Another name of the second method, in results whose digest is right. */
async function renameMethod(path: string): Promise<void> {
  const { sha256: _, ...results } = JSON.parse(await readFile(path, 'utf8')) as {
    sha256: string;
    methods: { label: string }[];
  };
  results.methods[1]!.label = EVIL;
  const text = JSON.stringify(results);
  const digest = createHash('sha256').update(text).digest('hex');
  await writeFile(path, `${text.slice(0, -1)},"sha256":"${digest}"}\n`);
}
