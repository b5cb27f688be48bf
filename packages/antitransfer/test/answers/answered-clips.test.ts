import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { answeredClips } from '../../src/answers/answered-clips.js';
import { groupsByLabel } from '../../src/answers/groups-by-label.js';
import type { ComparisonResults } from '../../src/answers/results.js';
import { summarise } from '../../src/answers/summary.js';
import { comparisonFixture } from './page/fixture.js';

const results: ComparisonResults = comparisonFixture(new Random(5), { epochs: 2, clips: 20 });

describe('answeredClips', () => {
  it('has every prediction once, with what it gave the class that was said', () => {
    const clips = answeredClips(results);
    expect(new Set(clips.map(({ id }) => id)).size).toBe(clips.length);
    const answers = clips.flatMap(({ id, truth, answers: own }) =>
      own.map((answer) => ({ id, truth, ...answer })),
    );
    const expected = results.runs.flatMap(({ method, seed, predictions }) =>
      predictions.map(({ clip, truth, predicted, probabilities }) => ({
        id: clip,
        truth,
        method,
        seed,
        said: predicted,
        confidence: probabilities[results.target.classes.indexOf(predicted)],
      })),
    );
    const sorted = (all: readonly object[]) =>
      all.map((one) => JSON.stringify(one, Object.keys(one).sort())).sort();
    expect(sorted(answers)).toEqual(sorted(expected));
  });

  it('has labels by their columns', () => {
    const [task] = results.tasks;
    for (const { id, labels } of answeredClips(results)) {
      const prediction = results.runs[0]?.predictions.find(({ clip }) => clip === id);
      expect(labels[task.column]).toBe(prediction?.orthogonal[task.name]);
    }
  });
});

describe('groupsByLabel', () => {
  it('by the column of a task is what the report says of that task, for every method', () => {
    const [{ name }] = results.tasks;
    const groups = groupsByLabel(results, ({ orthogonal }) => orthogonal[name]);
    const summaries = summarise(results);
    expect(groups).toHaveLength(summaries.length);
    for (const [index, { method, tasks }] of summaries.entries()) {
      const [task] = tasks;
      expect(groups[index]).toMatchObject({
        method: method.id,
        groups: task?.groups,
        worst: task?.worst,
        gap: task?.gap,
      });
      expect(task?.groups.length).toBeGreaterThan(1);
    }
  });

  it('of all clips together is the accuracy of each run; clips without a label are left out', () => {
    const [whole] = groupsByLabel(results, () => 'all');
    const runs = results.runs.filter(({ method }) => method === whole?.method);
    const first = runs[0]?.predictions[0];
    expect(whole?.runs.map(({ groups }) => groups[0]?.accuracy)).toEqual(
      runs.map(
        ({ predictions }) =>
          predictions.filter(({ truth, predicted }) => truth === predicted).length / predictions.length,
      ),
    );
    const [without] = groupsByLabel(results, ({ clip }) => (clip === first?.clip ? undefined : 'others'));
    expect(without?.groups[0]?.count).toBe((whole?.groups[0]?.count ?? 0) - runs.length);
    expect(groupsByLabel(results, () => undefined)[0]).toMatchObject({
      groups: [],
      worst: undefined,
      gap: undefined,
    });
  });
});
