import { execFile } from 'node:child_process';
import { relu } from '../../building/expressions.js';
import { Graph } from '../../building/graph.js';
import { writeOnnx } from '../../onnx/write.js';
import { nativeFolder } from './packages.js';

/** Milliseconds in which drivers must have been loaded. */
const patience = 60_000;

/** Run by Node: where ONNX Runtime is, and a model. */
const attempt = `
const { InferenceSession } = require(process.argv[1]);
InferenceSession.create(Buffer.from(process.argv[2], 'base64'), { executionProviders: ['webgpu'], logSeverityLevel: 4 })
  .then(() => process.exit(0), (error) => { console.log(error.message); process.exit(1); });`;

let found: Promise<string | undefined> | undefined;

/**
 * Why WebGPU cannot be had here, found once. It is tried in a process of its own: drivers write to stderr by themselves, as where
 * Vulkan's library is not installed, and may end the process that loads them.
 */
export function missingWebGpu(): Promise<string | undefined> {
  found ??= tryWebGpu();
  return found;
}

function tryWebGpu(): Promise<string | undefined> {
  const graph = new Graph('attempt');
  graph.output(relu(graph.input('x', [1])));
  const model = Buffer.from(writeOnnx(graph)).toString('base64');
  const args = ['--input-type=commonjs', '--eval', attempt, nativeFolder(), model];
  // In Electron the program is not Node unless it is told so.
  const options = { timeout: patience, env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } };
  return new Promise((resolve) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      if (error === null) return resolve(undefined);
      const { code, signal } = error;
      // Where no process can be started nothing is known; the device is then tried here.
      if (typeof code === 'string') return resolve(undefined);
      if (signal) return resolve(`loading its drivers ended a process (${signal})`);
      resolve(reason(stdout, stderr));
    });
  });
}

/** ONNX Runtime's reason, and what the drivers say of it. */
function reason(told: string, written: string): string {
  const why = told.replace(/^.*was false\. /s, '').split('\n')[0] ?? '';
  const driver = /^Warning: (.+)$/m.exec(written)?.[1];
  const known = why.replace(/\.$/, '') || 'it cannot be loaded';
  return driver === undefined ? known : `${known} (${driver})`;
}
