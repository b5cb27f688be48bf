import { expect, it } from 'vitest';
import { several } from '../../src/answers/tasks.js';

it('a task is called after one thing, or after several already', () => {
  expect(['speaker', 'clip', 'noises', 'emotions', 'class', 'pitch'].map(several)).toEqual([
    'speakers',
    'clips',
    'noises',
    'emotions',
    'classes',
    'pitches',
  ]);
});
