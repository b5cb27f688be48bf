import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { crc32c } from '../../../src/answers/tracking/crc32c.js';
import { eventFile, writeTensorBoard } from '../../../src/answers/tracking/tensorboard.js';
import { type TrackedRun, trackedRuns } from '../../../src/answers/tracking/tracked-run.js';
import { comparisonFixture } from '../page/fixture.js';

const tracked: TrackedRun = {
  ...{ name: 'cka-seed-1', comparison: 'demo', method: 'cka', title: 'CKA, seed 1' },
  parameters: new Map(),
  metrics: new Map([
    ['validation/cka.speaker', [{ step: 300, value: -1.5, time: 1700000020 }]],
    ['train/accuracy', [{ step: 1, value: 0.25, time: 1700000010 }]],
  ]),
  started: 1700000000.5,
  ended: 1700000020,
};

/** The same events by `Event` and `RecordWriter` of the Python package tensorboard 2.20. */
const written =
  '1800000000000000a37f4b220900002040fc54d9411a0d627261696e2e4576656e743a322b3531102400000000000000422b804d0900008042fc54d9' +
  '4110012a170a150a0e747261696e2f6163637572616379150000803e5933bf242d000000000000003c418afb0900000045fc54d94110ac022a1f0a1d' +
  '0a1676616c69646174696f6e2f636b612e737065616b6572150000c0bf815d5dd5';

const python = process.env.PYTHON ?? 'python3';
const hasTensorBoard = spawnSync(python, ['-c', 'import tensorboard']).status === 0;
if (!hasTensorBoard) {
  process.stderr.write('Event files are not read by TensorBoard: PYTHON names none that has it.\n');
}

/** What TensorBoard's own loader finds in a folder: tags, and of each its steps and values. */
const reading = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
found = EventAccumulator(sys.argv[1], size_guidance={'scalars': 0})
found.Reload()
print(json.dumps({tag: [[e.step, e.value] for e in found.Scalars(tag)] for tag in found.Tags()['scalars']}))
`;

describe('event files', () => {
  it.each([
    ['123456789', 0xe3069283],
    ['\0'.repeat(32), 0x8a9136aa],
    ['', 0],
  ])('have the checksums of RFC 3720: %j', (text, sum) => {
    expect(crc32c(Buffer.from(text))).toBe(sum);
  });

  it('are what TensorBoard writes, byte for byte', () => {
    expect(eventFile(tracked).toString('hex')).toBe(written);
  });

  it.skipIf(!hasTensorBoard)('are read by TensorBoard, every value of every curve', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'events-'));
    const results = comparisonFixture(new Random(1), { seeds: 1, epochs: 5, clips: 10 });
    const [run] = trackedRuns(results, 'demo');
    await writeTensorBoard(folder, run!);
    const { stdout, stderr } = spawnSync(python, ['-c', reading, join(folder, 'demo', run!.name)]);
    await rm(folder, { recursive: true });
    expect(stdout.length, String(stderr)).toBeGreaterThan(0);
    const found = JSON.parse(String(stdout)) as Record<string, [number, number][]>;
    expect(Object.keys(found).sort()).toEqual([...run!.metrics.keys()].sort());
    for (const [name, values] of run!.metrics)
      expect(found[name]).toEqual(values.map(({ step, value }) => [step, Math.fround(value)]));
  });
});
