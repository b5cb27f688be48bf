import { parentPort, workerData } from 'node:worker_threads';
import { toSent } from '../../runs/jobs/sent-error.js';
import { tapMap } from './tap-map.js';
import type { TapMapAnswer, TapMapQuestion } from './tap-map-apart.js';

const port = parentPort;
if (port === null) throw new Error('This module is the entry of a thread; call tapMapApart instead.');
const { folder, choice, places }: TapMapQuestion = workerData;
const answer = await tapMap(folder, choice, places).then(
  (map): TapMapAnswer => ({ map }),
  (error: unknown): TapMapAnswer => ({ error: toSent(error) }),
);
port.postMessage(answer);
