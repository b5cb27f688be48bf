import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts'],
    // What the studio's test files share is removed behind them.
    globalSetup: ['packages/studio/test/shared-by.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // ONNX Runtime starts its own threads; two test files at once already fill two cores.
    maxWorkers: 2,
    pool: 'forks',
  },
});
