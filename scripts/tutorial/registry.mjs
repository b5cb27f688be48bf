import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { published } from '../published.mjs';

/**
 * A registry on this machine that has the packages of the repository as they would be published; whoever asks it for another is sent
 * to the one that npm is told to use.
 */
export async function serveRegistry(repository, work) {
  const execute = (...args) => promisify(execFile)('npm', args, { cwd: repository });
  const upstream = (await execute('config', 'get', 'registry')).stdout.trim().replace(/\/$/, '');
  const folders = published.map((name) => join(repository, 'packages', name));
  const flags = ['pack', '--json', '--ignore-scripts', '--pack-destination', work];
  const packed = JSON.parse((await execute(...flags, ...folders)).stdout);
  const ours = new Map();
  for (const [i, { name, version, filename, integrity, shasum }] of packed.entries()) {
    const manifest = JSON.parse(await readFile(join(folders[i], 'package.json'), 'utf8'));
    ours.set(name, { manifest, version, integrity, shasum, tarball: await readFile(join(work, filename)) });
  }
  const server = createServer((request, response) => {
    const address = decodeURIComponent(request.url.slice(1));
    const name = address.split('/-/')[0];
    const found = ours.get(name);
    if (found === undefined) {
      response.writeHead(307, { Location: `${upstream}${request.url}` }).end();
    } else if (address.endsWith('.tgz')) {
      response.writeHead(200, { 'Content-Type': 'application/octet-stream' }).end(found.tarball);
    } else {
      const { manifest, version, integrity, shasum } = found;
      const dist = { tarball: `${url}/${name}/-/${name}-${version}.tgz`, integrity, shasum };
      const body = {
        name,
        'dist-tags': { latest: version },
        versions: { [version]: { ...manifest, dist } },
      };
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url, close };
}
