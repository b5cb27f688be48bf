import { execFile } from 'node:child_process';

/** The environment without what npm tells the programs that it runs, and without what is set here for ONNX Runtime. */
const inherited = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm_|onnxruntime_|node_options)/i.test(name)),
);

/**
 * Runs a program to its end, whatever the end is, for ten minutes at most.
 *
 * @returns {Promise<{ code: number, stdout: string, output: string }>} output: stdout and stderr
 */
export function run(program, args, { folder, environment = {} }) {
  return new Promise((resolve) => {
    const options = {
      cwd: folder,
      env: { ...inherited, ...environment },
      maxBuffer: 2 ** 26,
      timeout: 600_000,
    };
    execFile(program, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, stdout, output: `${stdout}\n${stderr}` });
    });
  });
}
