import { defineConfig } from 'vite';

// Isolated from other origins, so that WebAssembly may use threads.
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  base: './',
  build: { target: 'es2022', chunkSizeWarningLimit: 1000 },
  worker: { format: 'es' },
  // So that the development server does not make them anew when a worker first asks for them.
  optimizeDeps: { exclude: ['onnx-autograd', 'onnxruntime-web'] },
  server: { headers },
  preview: { headers },
});
