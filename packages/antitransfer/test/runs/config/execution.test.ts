import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { executionSettings, sharesOf } from '../../../src/runs/config/execution.js';

describe('the shares of trainings side by side', () => {
  const settings = executionSettings.parse({ parallel: 4, frozenCacheMiB: 400 });

  it('are as many as is asked for on the processor', () => {
    expect(sharesOf(settings, ['cpu'])).toMatchObject({ parallel: 4, frozenCacheMiB: 100 });
    expect(sharesOf(settings, ['cpu', 'webgpu'])).toMatchObject({ parallel: 4 });
  });

  it('are one a device on others, with all that the machine has', () => {
    const threads = availableParallelism();
    expect(sharesOf(settings, ['webgpu'])).toMatchObject({ parallel: 1, threads, frozenCacheMiB: 400 });
    expect(sharesOf(settings, ['webgpu', 'cuda']).parallel).toBe(2);
    expect(sharesOf({ ...settings, parallel: 1 }, ['webgpu', 'cuda']).parallel).toBe(1);
  });
});
