import { defineConfig } from 'vite';

export default defineConfig({
  // An export opens from a file: nothing may be asked for from the root of a disk.
  base: './',
  build: {
    target: 'es2022',
    outDir: '../dist-page',
    emptyOutDir: true,
    modulePreload: false,
    license: { fileName: 'licenses.md' },
  },
});
