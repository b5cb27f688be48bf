// Computes with a folder of compiled programs where no file may grow beyond some size: for compiled.test.ts.
import { float32, Graph, openProgram } from 'onnx-autograd';

const warnings = [];
process.on('warning', ({ code, message }) => warnings.push({ code, message }));
const graph = new Graph('sum');
const numbers = Float32Array.from({ length: 16_384 }, (_, i) => i);
const x = graph.input('x', [numbers.length]);
graph.output(graph.apply('Add', [x, graph.constant(float32(numbers))], {}, { outputs: ['y'] }));
const opened = await openProgram(graph, { compiledCache: process.argv[2] });
const { y } = await opened.run({ x: float32(numbers) });
await opened.close();
const isRight = y.data.every((value, i) => value === 2 * i);
process.stdout.write(JSON.stringify({ isRight, warnings }));
