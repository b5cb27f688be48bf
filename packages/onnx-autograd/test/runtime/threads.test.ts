import { describe, expect, it } from 'vitest';
import { threadsFor } from '../../src/runtime/web/threads.js';

describe('threads in a page', () => {
  const laptop = { asked: undefined, isolated: true, cores: 16, inOneScript: false };

  it.each([
    ['four at most by itself', {}, 4],
    ['as many as there are cores', { cores: 2 }, 2],
    ['as many as are asked for', { asked: 8 }, 8],
    ['no more than there are cores', { asked: 64 }, 16],
    ['one in a page that is not isolated', { isolated: false }, 1],
    ['one in a page that is not isolated, whatever is asked for', { isolated: false, asked: 8 }, 1],
    ['one where one is asked for', { asked: 1, inOneScript: true }, 1],
  ])('%s', (_, settings, count) => {
    expect(threadsFor({ ...laptop, ...settings })).toEqual({ count });
  });

  it.each([undefined, 8])('one, with the remedy, where none can start (%s asked for)', (asked) => {
    const { count, why } = threadsFor({ ...laptop, asked, inOneScript: true });
    expect(count).toBe(1);
    expect(why).toMatch(/one thread: .*worker: \{ format: 'es' \}/);
  });
});
