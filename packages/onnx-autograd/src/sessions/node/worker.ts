import { parentPort } from 'node:worker_threads';
import { nodeRuntime } from '../../runtime/node/runtime.js';
import { answering } from '../remote.js';

const port = parentPort;
if (port === null)
  throw new Error('This module is the entry of a worker thread; create a TrainingSession instead.');
port.on(
  'message',
  answering(nodeRuntime, (answer, transfer) => port.postMessage(answer, transfer)),
);
