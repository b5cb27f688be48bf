import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type ConfigTree, resolveConfig } from '../../../src/runs/config/load.js';

const base: ConfigTree = {
  data: { corpus: 'fsdd', path: 'recordings' },
  target: 'digit',
  orthogonal: { column: 'speaker' },
  split: { kind: 'stratified' },
  methods: ['no-transfer'],
};

const resolved = (change: ConfigTree) => resolveConfig({ ...base, ...change }, 'my.yaml').experiment;
const namesOf = (...orthogonal: ConfigTree[]) => resolved({ orthogonal }).orthogonal.map(({ name }) => name);

it('the published rule of patience needs epochs to compare', () => {
  const rule = { patienceRule: 'as-published', patience: 2 };
  expect(() => resolved({ training: rule })).toThrow(/training\.patience: 2 leaves the rule as-published/);
  const own = {
    training: { ...rule, patience: 5 },
    orthogonal: { column: 'speaker', training: { patience: 1 } },
  };
  expect(() => resolved(own)).toThrow(/orthogonal\[0\]\.training\.patience: 1 leaves the rule as-published/);
  expect(resolved({ training: { ...rule, patience: 3 } }).training.patience).toBe(3);
  // A task that takes it over is not told of it again.
  expect(() => resolved({ training: rule })).not.toThrow(/orthogonal\[0\]/);
  expect(resolved({ training: { patience: 1 } }).training.patience).toBe(1);
});

it('a message that ends a sentence gets no second full stop', () => {
  const fractions = { train: 0.9, validation: 0.2, test: 0.2 };
  expect(() => resolved({ split: { kind: 'random', fractions } })).toThrow(/these make 1\.3\.$/);
});

it('a bound that is no value itself is called so', () => {
  expect(() => resolved({ features: { channel: 0 } })).toThrow(
    /channel: 0 is out of range; it must be above 0\.$/,
  );
  expect(() => resolved({ features: { lowest: -1 } })).toThrow(
    /lowest: -1 is out of range; it must be at least 0\.$/,
  );
});

describe('a problem of two keys', () => {
  const problemOf = (change: ConfigTree, flags: string[]) => {
    try {
      resolveConfig({ ...base, ...change }, { name: 'my.yaml', flags });
    } catch (error) {
      return String(error);
    }
    return 'none';
  };

  it.each([
    ['target', { target: 'speaker' }, 'orthogonal[0].column: "speaker" is the target'],
    ['target', { split: { kind: 'group', column: 'digit' } }, 'split.column: "digit" is the target'],
    [
      'split.kind',
      { data: { ...(base.data as object), noise: 'noises' } },
      'data.noise: it is not said at which signal-to-noise ratios',
    ],
    ['features.seconds', { segments: { hop: 2 } }, 'segments.hop: 2 s is more than features.seconds'],
    ['features.seconds', { segments: { minimum: 2 } }, 'segments.minimum: no window holds 2 s'],
  ])('is told of the flag %s, where that brought it', (flag, change, inFile) => {
    expect(problemOf(change, [])).toContain(`my.yaml is not valid:\n  ${inFile}`);
    expect(problemOf(change, [flag])).toContain(`What the flags say is not valid:\n  --${flag}: `);
  });

  it('windows that are nearer than frames of the features are refused', () => {
    expect(problemOf({ segments: { hop: 1e-9 } }, [])).toContain(
      'segments.hop: 1e-9 s is less than the 0.008 s from one frame of the features to the next: windows would be the ' +
        'same. Take 0.008 or more.',
    );
    expect(problemOf({ segments: { hop: 0.008 } }, [])).toBe('none');
  });

  it('a key that has no space behind its colon is told so, once', () => {
    const told = problemOf({ split: parse('{kind:random}') }, []);
    expect(told).toContain('split.kind:random: a space is missing behind the colon: "kind: random".');
    expect(told).not.toContain('no such key');
    const methods = parse('[{id: a, objectives: [{kind:irm}]}]');
    expect(problemOf({ methods }, [])).toContain(
      'methods[0].objectives[0].kind:irm: a space is missing behind the colon: "kind: irm".',
    );
  });

  it('text where keys are wanted is asked for the space behind its colon', () => {
    expect(problemOf({ split: parse('\n  kind:random\n') }, [])).toContain(
      'split: "kind:random" is not keys and values; is a space missing behind the colon, as in "kind: random"?',
    );
    expect(problemOf({ split: 'random' }, [])).not.toContain('colon');
  });

  it('a word that is missing is called so, with the words there are', () => {
    expect(problemOf({ methods: [{ id: 'a', objectives: [{}] }] }, [])).toContain(
      'methods[0].objectives[0].similarity: this key is missing; it must be one of squared-cosine, ',
    );
  });

  it('an empty list is called so', () => {
    expect(problemOf({ methods: [] }, [])).toContain('methods: the list is empty; name at least one.');
    const data = { ...(base.data as object), where: { word: [] } };
    expect(problemOf({ data }, [])).toContain('data.where.word: the list is empty; name at least one.');
  });
});

describe('names of orthogonal tasks', () => {
  it('are those of their columns, in characters that a folder may have', () => {
    expect(resolved({}).orthogonal[0]?.name).toBe('speaker');
    expect(namesOf({ column: 'speaker' }, { column: 'room' })).toEqual(['speaker', 'room']);
    expect(namesOf({ column: '../Sprecher Größe' }, { column: '/' })).toEqual(['sprecher-grosse', 'task']);
  });

  it('have the corpus where two have one column, and a number where that is not enough', () => {
    const emodb = { corpus: 'emodb', path: 'emodb' };
    const speaker = { column: 'speaker' };
    expect(namesOf(speaker, { ...speaker, data: emodb })).toEqual(['speaker-fsdd', 'speaker-emodb']);
    expect(namesOf(speaker, speaker, speaker)).toEqual(['speaker-fsdd', 'speaker-fsdd-2', 'speaker-fsdd-3']);
    expect(namesOf(speaker, { column: 'room', name: 'speaker' })).toEqual(['speaker-2', 'speaker']);
  });

  it('make way for a method of the same folder', () => {
    const { orthogonal } = resolved({ methods: ['no-transfer', { id: 'orthogonal-speaker' }] });
    expect(orthogonal[0]?.name).toBe('speaker-2');
  });

  it('that are given stay, and resolving twice changes none', () => {
    const once = resolved({ orthogonal: [{ column: 'speaker', name: 'who' }, { column: 'room' }] });
    expect(once.orthogonal.map(({ name }) => name)).toEqual(['who', 'room']);
    const twice = resolveConfig({ ...once }, 'config.yaml').experiment;
    expect(twice.orthogonal.map(({ name }) => name)).toEqual(['who', 'room']);
  });

  it('may not be given twice, nor be a method’s', () => {
    expect(() => namesOf({ column: 'a', name: 'x' }, { column: 'b', name: 'x' })).toThrow(
      /my\.yaml is not valid:\n {2}orthogonal\[1\]\.name: "x" is the name of orthogonal\[0\] too/,
    );
    const methods = [{ id: 'orthogonal-x' }];
    expect(() => resolved({ orthogonal: { column: 'a', name: 'x' }, methods })).toThrow(
      /"orthogonal-x", the id of methods\[0\]/,
    );
  });

  it.each(['', '/', '.', '..', '../x', '/tmp/x', 'a/b', 'a\\b', 'C:', '\u0000', 'A', '-x'])(
    'lead nowhere else: %j is refused',
    (name) => {
      expect(() => resolved({ orthogonal: { column: 'speaker', name } })).toThrow(
        /orthogonal\.name: .*small letters/,
      );
    },
  );
});

it('what is learned is not forgotten, but on clips of another corpus it may be', () => {
  expect(() => resolved({ target: 'digit', orthogonal: { column: 'digit' } })).toThrow(
    'orthogonal[0].column: "digit" is the target, too; name the label that is to be forgotten.',
  );
  const data = { corpus: 'fsdd', path: 'recordings' };
  expect(() => resolved({ target: 'digit', orthogonal: { column: 'digit', data } })).not.toThrow();
});

it.each(['', '/', '.', '..', '.hidden', 'a/b', '\u0000', '-x'])(
  'a comparison’s name leads nowhere else: %j is refused',
  (name) => {
    expect(() => resolved({ name })).toThrow(/name: .*begins with/);
  },
);

describe('noise that nobody would hear', () => {
  const data = { corpus: 'fsdd', path: 'recordings', noise: 'rain' };

  const split = { kind: 'confounded-noise', column: 'speaker' };

  it('is refused without levels, unless a split mixes it in', () => {
    expect(() => resolved({ data })).toThrow(/data\.noise: .*"rain".*Give data\.snr.*confounded-noise/);
    const orthogonal = [{ column: 'a' }, { column: 'b', data }];
    expect(() => resolved({ orthogonal })).toThrow(/orthogonal\[1\]\.data\.noise: .*Give orthogonal\[1\]/);
    expect(resolved({ data, split, orthogonal: { column: 'noise' } }).data.noise).toBe('rain');
  });

  it('is read with levels; levels without noise, or beside those of a split, are refused', () => {
    const snr = [0, 5];
    const noisy = { ...data, snr };
    expect(resolved({ data: noisy }).data.snr).toEqual(snr);
    expect(resolved({ orthogonal: { column: 'noise', data: noisy } }).orthogonal[0].data?.snr).toEqual(snr);
    expect(() => resolved({ data: { ...data, noise: null, snr } })).toThrow(/data\.snr: there is no noise/);
    expect(() => resolved({ data: noisy, split, orthogonal: { column: 'noise' } })).toThrow(
      /data\.snr: the split "confounded-noise" mixes noise in at split\.snr/,
    );
    expect(() => resolved({ data: { ...data, snr: [] } })).toThrow(/data\.snr/);
    expect(resolved({ data: { ...noisy, noisePart: 0.6 } }).data.noisePart).toBe(0.6);
    expect(() => resolved({ data: { ...data, noisePart: 0.6 } })).toThrow(
      /data\.noisePart: .*Give data\.snr/,
    );
    expect(() =>
      resolved({ data: { ...data, noisePart: 0.6 }, split, orthogonal: { column: 'noise' } }),
    ).toThrow(/data\.noisePart: .*split\.trainPart/);
  });
});

describe('settings that nothing reads', () => {
  it.each<[ConfigTree, RegExp]>([
    [
      { training: { momentum: 0.5 } },
      /training\.momentum: the optimizer "adam" does not read it \(sgd does\)/,
    ],
    [
      { orthogonal: { column: 'speaker', training: { momentum: 0.5 } } },
      /orthogonal\[0\]\.training\.momentum: the optimizer "adam" does not read it \(sgd does\)/,
    ],
    [{ data: { corpus: 'fsdd', path: 'x', takes: 4 } }, /data\.takes: the corpus "fsdd" .* \(demo does\)/],
    [
      { data: { corpus: 'fsdd', path: 'x', levels: ['a'] } },
      /data\.levels: the corpus "fsdd" .* \(folder does\)/,
    ],
  ])('are refused: %j', (change, message) => {
    expect(() => resolved(change)).toThrow(message);
  });

  it('may stand at their defaults, and be inherited by a task of another optimizer', () => {
    expect(resolved({ training: { momentum: 0.9 } }).training.momentum).toBe(0.9);
    const training = { optimizer: 'sgd', momentum: 0.5 };
    const orthogonal = { column: 'speaker', training: { optimizer: 'adam' } };
    expect(resolved({ training, orthogonal }).training.momentum).toBe(0.5);
  });
});

it('two objectives of a method that draw epochs are refused before anything is trained', () => {
  const objectives = [
    { kind: 'balanced-sampling' },
    { kind: 'focal' },
    { kind: 'balanced-sampling', over: 'class' },
  ];
  expect(() => resolved({ methods: ['no-transfer', { id: 'twice', objectives }] })).toThrow(
    /methods\[1\]\.objectives\[2\]: "balanced-sampling" says how .* objectives\[0\] of the method "twice"; leave one/,
  );
});

describe('keys that are elsewhere now', () => {
  it.each<[ConfigTree, string]>([
    [{ parallel: 2 }, 'parallel: this key is "execution.parallel" now.'],
    [{ training: { threads: 1 } }, 'training.threads: this key is "execution.threads" now.'],
    [
      { training: { frozenCacheMiB: 1 } },
      'training.frozenCacheMiB: this key is "execution.frozenCacheMiB" now.',
    ],
    [{ training: { checkpointSeconds: 1 } }, 'this key is "execution.checkpointSeconds" now.'],
    [
      { orthogonal: { column: 'speaker', training: { threads: 1 } } },
      'orthogonal.training.threads: this key is "execution.threads" now.',
    ],
    [
      { orthogonal: [{ column: 'speaker', training: { threads: 1 } }] },
      'orthogonal[0].training.threads: this key is "execution.threads" now.',
    ],
    [
      { methods: ['no-transfer', { id: 'cka', penalties: [{ similarity: 'cka' }] }] },
      'methods[1].penalties: this key is "objectives" now.',
    ],
  ])('%j', (change, message) => {
    expect(() => resolved(change)).toThrow(message);
  });
});

it.each([
  [{ orthogonal: 'speaker' }, 'orthogonal: "speaker" is not keys and values, or a list'],
  [
    { methods: ['no-transfer', null] },
    'methods[1]: null is not a word that is known here, or keys and values',
  ],
])('%j is told what may stand there', (change, message) => {
  expect(() => resolved(change)).toThrow(message);
});

it('a number that is none, or no ratio of noise, is told as it was written', () => {
  const data = (snr: number[]) => () => resolved({ data: { corpus: 'fsdd', path: 'x', noise: 'n', snr } });
  expect(data([Number.POSITIVE_INFINITY])).toThrow('data.snr[0]: Infinity is not a number');
  expect(data([20, -300])).toThrow('data.snr[1]: -300 is out of range; it must be at least -100');
  const split = { kind: 'confounded-noise', snr: { low: 0, high: 1e9 } };
  expect(() => resolved({ split })).toThrow(/split\.snr\.high: 1000000000 is out of range/);
});

it.each([
  [{ seeds: 1_000_000 }, 'seeds: 1000000 is out of range; it must be at most 1000'],
  [{ execution: { parallel: 5000 } }, 'execution.parallel: 5000 is out of range; it must be at most 256'],
  [
    { data: { corpus: 'demo', takes: 1e9 } },
    'data.takes: 1000000000 is out of range; it must be at most 1000',
  ],
])('more than any machine carries out is refused: %j', (change, message) => {
  expect(() => resolved(change)).toThrow(message);
});
