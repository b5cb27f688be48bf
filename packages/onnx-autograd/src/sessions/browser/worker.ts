import { webRuntime } from '../../runtime/web/runtime.js';
import { answering, type Question } from '../remote.js';
import type { SentOptions } from '../sent-options.js';
import { started } from './started.js';

/** The scope of a worker, of which the page's types know nothing. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<SentOptions | Question>) => void) | null;
  postMessage(message: unknown, transfer: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;
const receive = answering(webRuntime, (answer, transfer) => scope.postMessage(answer, transfer));
scope.onmessage = ({ data }) => receive(data);
scope.postMessage(started, []);
