import { describe, expect, it } from 'vitest';
import { describeEnvironment, environmentsOf } from '../../../src/runs/store/environment.js';

describe('on what jobs ran', () => {
  it('is what differs between them, each value once', async () => {
    const here = await describeEnvironment();
    const before = { ...here, node: '18.0.0', antitransfer: '0.0.1' };
    expect(environmentsOf([])).toEqual({});
    expect(environmentsOf([{ environment: here }, { environment: here }])).toEqual(here);
    expect(environmentsOf([before, here, before].map((environment) => ({ environment })))).toEqual({
      ...here,
      node: `18.0.0; ${here.node}`,
      antitransfer: `0.0.1; ${here.antitransfer}`,
    });
  });

  it('names versions, processor and memory, and no machine', async () => {
    const here = await describeEnvironment();
    expect(Object.keys(here).sort()).toEqual([
      'antitransfer',
      'memory',
      'node',
      'onnxruntime-node',
      'processor',
      'system',
    ]);
    expect(here.node).toBe(process.versions.node);
  });
});
