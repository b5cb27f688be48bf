import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { QueueAddress } from '../../../src/runs/queue/address.js';

const secret = 's3cr%40t';
const encrypted = `rediss://ann:${secret}@queue.example.org/2`;

describe('the address of a queue', () => {
  it.each([
    ['redis://head', 'redis://head:6379/0', { host: 'head', port: 6379, db: 0 }],
    ['redis://[::1]:7000/3', 'redis://[::1]:7000/3', { host: '::1', port: 7000, db: 3 }],
    ['redis://:pass@head:1', 'redis://head:1/0', { host: 'head', port: 1, db: 0, password: 'pass' }],
    [
      encrypted,
      'rediss://queue.example.org:6379/2',
      {
        host: 'queue.example.org',
        port: 6379,
        db: 2,
        username: 'ann',
        password: 's3cr@t',
        tls: { servername: 'queue.example.org' },
      },
    ],
  ])('%s', (url, shown, credentials) => {
    const address = QueueAddress.parse(url);
    expect(address.shown).toBe(shown);
    expect(address.credentials()).toEqual(credentials);
  });

  it('shows its password to nobody', () => {
    const address = QueueAddress.parse(encrypted);
    for (const text of [
      String(address),
      JSON.stringify(address),
      inspect(address, { showHidden: true, depth: 9 }),
    ])
      expect(text).not.toMatch(/s3cr|ann/);
  });

  it.each([
    ['localhost', 'it is no URL'],
    [`http://ann:${secret}@head`, 'it begins with "http://"'],
    [`redis://ann:${secret}@head/jobs`, '"jobs" is no number of a database'],
    [`redis://ann:${secret}%@head`, 'has a "%" that begins no code'],
    [`redis://ann:${secret}@head?password=${secret}`, 'nothing may follow a "?"'],
    [`redis://ann:${secret}@head:99999`, 'it is no URL'],
  ])('%s is refused without being quoted', (url, reason) => {
    const parse = () => QueueAddress.parse(url);
    expect(parse).toThrow(reason);
    expect(parse).toThrow(/^(?!.*(s3cr|ann)).*redis:\/\/host:6379/);
  });

  it('a name with a colon is refused', () => {
    expect(() => QueueAddress.parse('redis://head', 'a:b')).toThrow('"a:b"');
  });
});
