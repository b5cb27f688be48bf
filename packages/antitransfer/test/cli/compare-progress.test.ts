import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { wrapped } from '../../src/answers/wrapped.js';
import { CompareProgress } from '../../src/cli/compare-progress.js';
import { jobNames } from '../../src/runs/plan/job-names.js';
import type { Plan, PlannedJob } from '../../src/runs/plan/plan.js';
import type { JobRecord } from '../../src/runs/store/records.js';

/** A terminal that keeps what it is shown. */
class Screen extends Writable {
  readonly isTTY = true;
  readonly rows = 40;
  text = '';

  constructor(readonly columns: number) {
    super();
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }

  get lines(): string[] {
    return stripVTControlCharacters(this.text).split('\n');
  }
}

/** Only what names and progress are made from. */
function planOf(repetitions: readonly number[]): Plan {
  const cells = (of: string, name: string) =>
    repetitions.map((_, repetition) => ({
      name: `${name}/${repetition + 1}`,
      of,
      repetition,
      job: `${of}${repetition}`,
    }));
  const tasks = cells('speaker-demo', 'orthogonal-speaker-demo');
  const methods = ['no-transfer', 'conditional-adversary-auxiliary']
    .flatMap((of) => cells(of, of))
    .map((cell) => ({ ...cell, assessment: `test of ${cell.job}` }));
  const planned = (id: string, name: string, kind: string, after: readonly string[] = []) =>
    ({ id, name, after, job: { kind, training: after[0] } }) as unknown as PlannedJob;
  const jobs = [
    ...tasks.map(({ job, name }) => planned(job, name, 'orthogonal')),
    ...methods.flatMap(({ job, assessment, name }) => [
      planned(job, name, 'target'),
      planned(assessment, name, 'assessment', [job]),
    ]),
  ];
  const folds = (seed: number) => repetitions.filter((other) => other === seed).length;
  return {
    jobs,
    tasks,
    methods,
    repetitions: repetitions.map((seed, i) => ({
      seed,
      ...(folds(seed) > 1 && { fold: repetitions.slice(0, i).filter((other) => other === seed).length }),
    })),
  };
}

const environment = {};
const theSpeaker = { name: 'speaker', column: 'speaker' };
const network = { bytes: 1, sha256: '' };
const speakers = {
  version: 2,
  kind: 'orthogonal',
  network,
  accuracy: 0.978,
  chance: 0.2,
  seconds: 1,
  environment,
} as const;

function show(columns: number, use: (progress: CompareProgress, plan: Plan) => void): Screen {
  const screen = new Screen(columns);
  const progress = new CompareProgress(screen as unknown as NodeJS.WriteStream);
  const plan = planOf([1, 2]);
  progress.onPhase('training');
  progress.onPlan(plan);
  use(progress, plan);
  progress.finish();
  return screen;
}

describe('the progress of a comparison', () => {
  it.each([60, 80])('fits %i columns', (columns) => {
    const screen = show(columns, (progress, { jobs }) => {
      const [speaker, , , , method] = jobs as [PlannedJob, PlannedJob, PlannedJob, PlannedJob, PlannedJob];
      progress.onDone(speaker, { ...speakers, given: false } as unknown as JobRecord, true);
      const epoch = {
        crossEntropy: 1.234,
        accuracy: 0.5,
        objectives: { 'conditional-adversary': 1.2, cka: 0.3 },
      };
      progress.onEvent({
        job: method,
        event: {
          kind: 'epoch',
          epochs: 100,
          metrics: {
            epoch: 99,
            learningRate: 1e-3,
            train: epoch,
            validation: { crossEntropy: 1, accuracy: 0.951 },
            measures: {},
            seconds: 1,
          },
        },
      });
      progress.onPhase('training');
      progress.onOrthogonal(theSpeaker, [{ ...speakers, given: false }]);
    });
    expect(Math.max(...screen.lines.map(({ length }) => length))).toBeLessThanOrEqual(columns);
    const text = screen.lines.join('\n');
    expect(text).toContain('epoch 99/100');
    expect(text).toContain('speaker-demo network, seed 1');
    expect(text).not.toMatch(/orthogonal-|\/1 /);
  });

  it('counts a training and its test as one, and tells of it with the test', () => {
    const screen = show(80, (progress, { jobs }) => {
      const [, , training, test] = jobs as [PlannedJob, PlannedJob, PlannedJob, PlannedJob];
      progress.onDone(training, { kind: 'target', epochs: [] } as unknown as JobRecord, false);
      progress.onDone(test, { kind: 'assessment', accuracy: 0.5 } as unknown as JobRecord, false);
    });
    const told = screen.lines.filter((line) => line.includes('no-transfer, seed 1'));
    expect(told).toEqual([expect.stringMatching(/^\[1\/6\] +no-transfer, seed 1 +test accuracy 50\.0 %$/)]);
  });

  it.each([
    [false, false, ''],
    [true, false, '  (trained before)'],
    [true, true, '  (done before)'],
  ])('tells what was done before: the training %s, its test %s', (trained, tested, before) => {
    const screen = show(80, (progress, { jobs }) => {
      const [, , training, test] = jobs as [PlannedJob, PlannedJob, PlannedJob, PlannedJob];
      progress.onDone(training, { kind: 'target', epochs: [] } as unknown as JobRecord, trained);
      progress.onDone(test, { kind: 'assessment', accuracy: 0.5 } as unknown as JobRecord, tested);
    });
    expect(screen.lines.find((line) => line.includes('no-transfer, seed 1'))).toContain(`50.0 %${before}`);
    expect(screen.lines.join('\n').includes('before')).toBe(before !== '');
  });

  it('tells where a worker of a queue is at a job, what it lacked and which try failed', () => {
    const screen = show(100, (progress, { jobs }) => {
      const [speaker, , method] = jobs as [PlannedJob, PlannedJob, PlannedJob];
      progress.onEvent({ job: method, event: { kind: 'started', host: 'far-away', pid: 7 } });
      progress.onEvent({
        job: speaker,
        event: { kind: 'refused', host: 'near', reason: 'its store lacks it' },
      });
      const tried = { host: 'far-away', attempt: 1, attempts: 3, isUserError: false };
      progress.onEvent({
        job: method,
        event: { kind: 'tried', ...tried, message: 'Error: no luck\n    at x' },
      });
    });
    const text = screen.lines.join('\n');
    expect(text).toContain('starting on far-away');
    expect(text).toContain('speaker-demo network, seed 1: near leaves it to others: its store lacks it');
    expect(text).toContain('no-transfer, seed 1: try 1 of 3 failed on far-away: Error: no luck\n');
    expect(text).not.toContain('at x');
  });

  it('calls a network that was given so, and never done before', () => {
    const screen = show(80, (progress, { jobs }) => {
      const [speaker] = jobs as [PlannedJob];
      progress.onDone(speaker, { ...speakers, given: true } as unknown as JobRecord, true);
      progress.onOrthogonal(theSpeaker, [{ ...speakers, given: true }]);
    });
    const text = screen.lines.join('\n');
    expect(text).toContain('accuracy 97.8 %  (given)');
    expect(text).not.toMatch(/done before|reused/);
    expect(text.replaceAll(/\s+/g, ' ')).toContain('if its outputs are our classes in our order');
  });

  it('quotes a task that has another name than its label column', () => {
    const another = { name: 'another-seed', column: 'speaker' };
    const screen = show(100, (progress) => progress.onOrthogonal(another, [{ ...speakers, given: false }]));
    expect(screen.lines.join(' ').replaceAll(/\s+/g, ' ')).toContain(
      'The “another-seed” networks name the speaker in 97.8 %',
    );
  });

  it('tells of a training that diverged, and counts what waits for it no more', () => {
    const screen = show(80, (progress, { jobs }) => {
      const [first] = jobs as [PlannedJob];
      const method = jobs.find(({ id }) => id === 'conditional-adversary-auxiliary0')!;
      const diverged = {
        kind: 'diverged',
        version: 2,
        seconds: 1,
        environment,
        reason: 'The training diverged.',
      } as const;
      progress.onDone(method, diverged, false);
      progress.onDone(first, { ...speakers, given: false }, false);
    });
    const text = screen.lines.join('\n');
    expect(text).toContain('conditional-adversary-auxiliary, seed 1: The training diverged.');
    // Two speaker networks and four trainings with their tests, but for the one that failed.
    expect(text).toContain('[1/5]');
  });

  it('does not say that there is something to remove of networks that learned nothing', () => {
    const signs = {
      cka: [0.56],
      threshold: 0.2,
      calibrated: true,
      probes: [0.33],
      probeChance: 0.33,
      targets: [0.25],
      targetChance: 0.25,
      networks: [0.33],
      networkChance: 0.33,
    };
    const screen = show(100, (progress) => {
      const moment = { reference: 'no-transfer', repetitions: { done: 7, asked: 7 } };
      progress.onRemovable(theSpeaker, { ...moment, repetitions: { done: 1, asked: 7 }, signs });
      progress.onRemovable(
        { name: 'room', column: 'room' },
        {
          ...moment,
          signs: { ...signs, targets: [0.9], networks: [0.9] },
        },
      );
      progress.onRemovable(
        { name: 'noise', column: 'noise' },
        {
          ...moment,
          signs: { ...signs, targets: [0.9], networks: [0.9], probes: [0.9] },
        },
      );
    });
    const text = screen.lines.join(' ').replaceAll(/\s+/g, ' ');
    expect(text).toContain(
      'After 1 of 7, and others may differ: CKA of no-transfer to the speaker network is 0.56 on validation clips, which does not tell whether there is anything to remove: the speaker network itself has learned little (33.0%, 33.0% by chance), and no-transfer has learned little (25.0%, 25.0% by chance).',
    );
    expect(text).toContain(
      'but a linear probe does not read the room there (33.0%, 33.0% by chance): the two disagree',
    );
    expect(text).toContain(
      'CKA of no-transfer to the noise network is 0.56 on validation clips, not below 0.28: there is something to remove, which is no promise of a gain.',
    );
  });

  it('tells folds of one seed apart', () => {
    expect([...jobNames(planOf([4, 4, 5])).values()].slice(0, 3)).toEqual([
      'speaker-demo network, seed 4, fold 0',
      'speaker-demo network, seed 4, fold 1',
      'speaker-demo network, seed 5',
    ]);
  });
});

it('breaks lines between words', () => {
  expect(wrapped('  - one two three', 10, '    ')).toBe('  - one\n    two\n    three');
  expect(wrapped('a-word-that-is-too-long for it', 10)).toBe('a-word-that-is-too-long\nfor it');
  expect(wrapped('', 10)).toBe('');
});
