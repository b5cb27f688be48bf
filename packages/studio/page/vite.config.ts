import { captureSource } from 'antitransfer/browser/capture';
import { defineConfig, type Plugin } from 'vite';

/** What runs in the audio thread is a file: the page's policy lets nothing run that is made on the way. */
const captureFile: Plugin = {
  name: 'capture-file',
  generateBundle() {
    this.emitFile({ type: 'asset', fileName: 'assets/capture.js', source: captureSource });
  },
};

export default defineConfig({
  // An export opens from a file: nothing may be asked for from the root of a disk.
  base: './',
  plugins: [captureFile],
  build: {
    target: 'es2022',
    outDir: '../dist-page',
    emptyOutDir: true,
    modulePreload: false,
    license: { fileName: 'licenses.md' },
  },
});
