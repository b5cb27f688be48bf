import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import * as browser from '../src/browser.js';
import {
  adam,
  type Feeds,
  type Graph,
  type GraphCopy,
  type Operator,
  type operators,
  type Program,
  ProgramBuilder,
  type Schedule,
  type SessionOptions,
  type Shape,
  type StepResult,
  sgd,
  type Tensor,
  type TrainingProgram,
  TrainingSession,
  type Value,
} from '../src/index.js';

// The compiler is the judge of all but one of these tests: `npm run check` compiles them. Each `@ts-expect-error` is an
// error itself when what stands under it compiles.

/** The declarations that an entry consists of, those that it imports included. */
function declarationsOf(entry: string, found = new Map<string, string>()): Map<string, string> {
  const file = new URL(`../dist/${entry}`, import.meta.url);
  if (found.has(file.pathname) || !existsSync(file)) return found;
  const text = readFileSync(file, 'utf8');
  found.set(file.pathname, text);
  const folder = entry.replace(/[^/]*$/, '');
  for (const [, path = ''] of text.matchAll(/from '(\.[^']+)\.js'/g))
    declarationsOf(`${folder}${path}.d.ts`, found);
  return found;
}

describe('the public types', () => {
  it.each(['index.d.ts', 'browser.d.ts'])('of %s hold no `any`', (entry) => {
    const declarations = declarationsOf(entry);
    expect(declarations.size, 'npm run build makes the declarations').toBeGreaterThan(20);
    const lax = [...declarations].filter(([, text]) =>
      /\bany\b/.test(text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|'[^'\n]*'/g, '')),
    );
    expect(lax.map(([path]) => path)).toEqual([]);
  });

  it('of a session say what goes in and comes out', () => {
    expectTypeOf(TrainingSession.create).parameter(0).toEqualTypeOf<SessionOptions>();
    expectTypeOf(TrainingSession.create).returns.resolves.toEqualTypeOf<TrainingSession>();
    expectTypeOf<TrainingSession['step']>().parameters.toEqualTypeOf<[program: string, feeds: Feeds]>();
    expectTypeOf<Awaited<ReturnType<TrainingSession['step']>>['loss']>().toBeNumber();
    expectTypeOf<TrainingSession['weights']>().returns.resolves.toEqualTypeOf<Record<string, Tensor>>();
    expectTypeOf<TrainingSession['load']>().returns.resolves.toBeUnknown();
  });

  it('of a session are those of its programs', () => {
    const typed = async (
      builder: ProgramBuilder,
      [x, labels, y, loss]: [Value, Value, Value, Value],
      feeds: { x: Tensor; labels: Tensor },
    ) => {
      const evaluate = builder.program({ logits: y }, { inputs: { x } });
      const train = builder.trainingProgram(loss, { entropy: y }, [], {
        inputs: { x, labels },
        recompute: true,
      });
      expectTypeOf(evaluate).toEqualTypeOf<Program<'x', 'logits'>>();
      expectTypeOf(train).toEqualTypeOf<TrainingProgram<'x' | 'labels', 'entropy'>>();
      expectTypeOf(builder.trainingProgram(loss)).toEqualTypeOf<TrainingProgram<string, never>>();
      const programs = { train, evaluate };
      const session = await TrainingSession.create({ programs, weights: {}, optimizer: sgd() });
      expectTypeOf(session).toExtend<TrainingSession>();
      const { logits } = await session.run('evaluate', { x: feeds.x });
      expectTypeOf(logits).toEqualTypeOf<Tensor>();
      const step = await session.step('train', feeds);
      expectTypeOf(step).toEqualTypeOf<StepResult<'entropy'>>();
      // @ts-expect-error there is no program "evalute"
      await session.run('evalute', { x: feeds.x });
      // @ts-expect-error "evaluate" computes no gradients
      await session.step('evaluate', { x: feeds.x });
      // @ts-expect-error the labels are missing
      await session.step('train', { x: feeds.x });
      // @ts-expect-error "evaluate" is fed no labels
      await session.run('evaluate', { x: feeds.x, labels: feeds.labels });
      // @ts-expect-error the output is called "logits"
      (await session.run('evaluate', { x: feeds.x })).logit;
      // @ts-expect-error the output is called "entropy"
      step.outputs.accuracy;
      const untyped: TrainingSession = session;
      expectTypeOf(untyped.run('any', feeds)).resolves.toEqualTypeOf<Record<string, Tensor>>();
      return untyped.step('any', feeds);
    };
    expect(typed).toBeTypeOf('function');
  });

  it('of a page are those of Node without the file system', () => {
    expectTypeOf(browser.TrainingSession.create).parameter(0).toEqualTypeOf<SessionOptions>();
    expectTypeOf<browser.TrainingSession>().toHaveProperty('snapshot');
    expectTypeOf<browser.TrainingSession>().not.toHaveProperty('save');
    expectTypeOf(browser).not.toHaveProperty('loadSnapshot');
    expectTypeOf<TrainingSession>().toExtend<Omit<browser.TrainingSession, never>>();
  });

  it('of graphs, programs and operators are as narrow as they can be', () => {
    expectTypeOf<ProgramBuilder['trainingProgram']>().returns.toEqualTypeOf<TrainingProgram>();
    expectTypeOf<ProgramBuilder['include']>().returns.toEqualTypeOf<GraphCopy>();
    expectTypeOf<Graph['apply']>().returns.toEqualTypeOf<Value>();
    expectTypeOf<Value['shape']>().toEqualTypeOf<Shape | undefined>();
    expectTypeOf<'Conv'>().toExtend<Operator>();
    expectTypeOf<'Convolve'>().not.toExtend<Operator>();
    expectTypeOf<(typeof operators)[number]>().toEqualTypeOf<Operator>();
    expectTypeOf(adam()).toHaveProperty('beta1').toBeNumber();
    expectTypeOf(sgd()).not.toHaveProperty('beta1');
  });

  it('refuse what is wrong', () => {
    const wrong = async (graph: Graph, x: Value, program: TrainingProgram, session: TrainingSession) => {
      // @ts-expect-error a shape is a list
      graph.input('x', 28);
      // @ts-expect-error a node's inputs are values of a graph
      graph.apply('Add', [x, 1]);
      // @ts-expect-error "float" is no element type of ONNX Runtime
      graph.input('x', [1], 'float');
      // @ts-expect-error the shape of a value is not to be moved
      x.shape = [1];
      // @ts-expect-error a frozen weight is told by a name or pattern
      new ProgramBuilder().trainingProgram(x, {}, [x]);
      // @ts-expect-error every input of the network has a name
      new ProgramBuilder().include(graph, { inputs: [x] });
      // @ts-expect-error the misspelt setting would be ignored
      adam({ learningrate: 0.1 });
      // @ts-expect-error momentum belongs to SGD
      adam({ momentum: 0.9 });
      // @ts-expect-error a warm-up alone is no schedule
      const schedule: Schedule = { kind: 'cosine', warmup: 10 };
      // @ts-expect-error a session has an optimizer
      await TrainingSession.create({ programs: { program }, weights: {} });
      // @ts-expect-error there is no such device
      await TrainingSession.create({ programs: { program }, weights: {}, optimizer: sgd(), device: 'tpu' });
      // @ts-expect-error a tensor knows its type and sizes
      await session.step('train', { x: new Float32Array(2) });
      // @ts-expect-error `new` would give a session without an engine
      new TrainingSession({});
      return schedule;
    };
    expect(wrong).toBeTypeOf('function');
  });
});
