import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { commands } from '../src/cli/registry.js';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

it('of containers installs what the package wants besides, in the versions that it is tested with', () => {
  const { devDependencies } = z
    .object({ devDependencies: z.record(z.string(), z.string()) })
    .parse(JSON.parse(read('../package.json')));
  const installed = [...read('../../../Dockerfile').matchAll(/(@?[\w/-]+)@(\^[\d.]+)/g)];
  expect(installed.map(([, name]) => name).sort()).toEqual(['@aws-sdk/client-s3', 'bullmq']);
  for (const [, name, range] of installed) expect(devDependencies[name ?? '']).toBe(range);
});

it('runs a command that there is, for each of its services', () => {
  const compose = z
    .object({ services: z.object({ worker: z.object({ command: z.array(z.string()) }) }) })
    .parse(parse(read('../../../compose.yaml')));
  expect(commands.map(({ name }) => name)).toContain(compose.services.worker.command[0]);
});
