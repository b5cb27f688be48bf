import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Clip } from '../../../src/data/clip.js';
import { selectClips } from '../../../src/data/corpora/select-clips.js';
import { type Selection, selectionSettings } from '../../../src/data/corpora/selection-settings.js';
import { similarLabels } from '../../../src/data/corpora/similar-labels.js';
import { UserError } from '../../../src/errors.js';

/** As IEMOCAP: the annotators agree on `xxx` of nobody, and excitement is counted as happiness. */
const emotions = ['ang', 'hap', 'exc', 'neu', 'xxx', 'hap', 'exc', 'oth'];
const clips = emotions.map((emotion, index): Clip => {
  const labels = {
    emotion,
    speaker: index % 2 ? 'F' : 'M',
    ...(index < 6 && { session: `Ses0${(index % 3) + 1}` }),
  };
  return { id: `${index}.wav`, path: `/${index}.wav`, labels };
});
const corpus = { name: 'manifest', clips, inventory: { unit: 'rows', found: 8, leftOut: [] } } as const;

const schema = z.strictObject(selectionSettings);
function select(columns: readonly string[], selection: z.input<typeof schema>) {
  return selectClips(corpus, columns, schema.parse(selection) as Selection);
}
const labelsOf = (selected: readonly Clip[], column: string) => selected.map(({ labels }) => labels[column]);
const tally = ({ account }: ReturnType<typeof select>) =>
  account.leftOut.map(({ reason, what, count }) => `${reason} ${what}: ${count}`);

describe('selectClips', () => {
  it('balances what the other rules leave, counts it, and warns of labels with too few clips', () => {
    const labels = (balance: 'rarest' | number) => ({
      labels: { emotion: { rename: { exc: 'hap' }, drop: ['xxx', 'oth'], balance } },
    });
    const rarest = select(['emotion'], labels('rarest'));
    expect(labelsOf(rarest.clips, 'emotion').sort()).toEqual(['ang', 'hap', 'neu']);
    expect(tally(rarest)).toEqual(['label emotion xxx: 1', 'label emotion oth: 1', 'balance emotion hap: 3']);
    expect(rarest.account.warnings).toEqual([]);
    const two = select(['emotion'], labels(2));
    expect(labelsOf(two.clips, 'emotion').sort()).toEqual(['ang', 'hap', 'hap', 'neu']);
    expect(two.account.warnings).toEqual([
      'Fewer clips than the 2 of data.labels.emotion.balance have: ang (1), neu (1).',
    ]);
    expect(() => schema.parse(labels(0))).toThrow(/Too small/);
  });

  it('renames, merges and drops labels, and counts it', () => {
    const selected = select(['emotion'], {
      labels: { emotion: { rename: { exc: 'hap' }, drop: ['xxx', 'oth'] } },
    });
    expect(labelsOf(selected.clips, 'emotion')).toEqual(['ang', 'hap', 'hap', 'neu', 'hap', 'hap']);
    expect(selected.account).toEqual({
      corpus: 'manifest',
      unit: 'rows',
      found: 8,
      used: 6,
      leftOut: [
        { reason: 'label', what: 'emotion xxx', count: 1, examples: ['4.wav'] },
        { reason: 'label', what: 'emotion oth', count: 1, examples: ['7.wav'] },
      ],
      renamed: [{ column: 'emotion', from: 'exc', to: 'hap', clips: 2 }],
      warnings: [],
    });
  });

  it('keeps labels by their new names', () => {
    const selected = select(['emotion'], {
      labels: { emotion: { rename: { exc: 'hap' }, keep: ['hap', 'ang'] } },
    });
    expect(labelsOf(selected.clips, 'emotion')).toEqual(['ang', 'hap', 'hap', 'hap', 'hap']);
    expect(tally(selected)).toEqual(['label emotion neu: 1', 'label emotion xxx: 1', 'label emotion oth: 1']);
  });

  it('swaps two labels without merging them', () => {
    const selected = select(['emotion'], { labels: { emotion: { rename: { ang: 'neu', neu: 'ang' } } } });
    expect(labelsOf(selected.clips.slice(0, 4), 'emotion')).toEqual(['neu', 'hap', 'exc', 'ang']);
  });

  it('filters by columns, of one label or several', () => {
    const selected = select(['emotion'], { where: { speaker: 'M', session: ['Ses01', 'Ses02'] } });
    expect(selected.clips.map(({ id }) => id)).toEqual(['0.wav', '4.wav']);
    expect(tally(selected)).toEqual(['where speaker: 4', 'where session: 2']);
  });

  it('minds an empty cell in a used column only: refuses or leaves out', () => {
    expect(select(['emotion'], {}).clips).toHaveLength(8);
    expect(() => select(['emotion', 'session'], {})).toThrow(
      /2 clips have no label in the column "session", which is used, such as "6.wav".*data\.missingLabels to skip/,
    );
    const skipped = select(['emotion', 'session'], { missingLabels: 'skip' });
    expect(skipped.clips).toHaveLength(6);
    expect(tally(skipped)).toEqual(['unlabelled session: 2']);
  });

  it.each([
    [
      ['emotio'],
      {},
      /no label column "emotio"; the clips have emotion, speaker, session\. Did you mean emotion\?/,
    ],
    [[], { where: { sesion: 'Ses01' } }, /no label column "sesion".*Did you mean session\?/],
    [
      [],
      { where: { session: 'Ses1' } },
      /data\.where\.session: no clip has the session "Ses1".*mean Ses01\?/,
    ],
    [
      [],
      { labels: { emotion: { drop: ['xx'] } } },
      /data\.labels\.emotion\.drop: no clip .* "xx".*mean xxx\?/,
    ],
    [
      [],
      { labels: { emotion: { rename: { excited: 'hap' } } } },
      /labels\.emotion\.rename: no clip.*"excited"/,
    ],
    [
      [],
      { labels: { emotion: { rename: { exc: 'hap' }, keep: ['exc'] } } },
      /keep: no clip has the emotion "exc"/,
    ],
    [
      [],
      { where: { speaker: 'M' }, labels: { emotion: { keep: ['hap'] } } },
      /keep: no clip has the emotion "hap"/,
    ],
  ])('names what is not there: %j %j', (columns, selection, message) => {
    const run = () => select(columns as string[], selection as z.input<typeof schema>);
    expect(run).toThrow(UserError);
    expect(run).toThrow(message);
  });

  it('warns of labels of a used column that are likely one', () => {
    const near = ['01', '1', '001', 'Ann', 'ann', 'take 1', 'take 10', 'a b'].map((label, index): Clip => {
      return { id: String(index), path: `/${index}`, labels: { label, other: label } };
    });
    const { warnings } = selectClips({ name: 'x', clips: near }, ['label'], {
      missingLabels: 'fail',
    }).account;
    expect(warnings).toEqual([
      'The labels "001", "01", "1" of label are 3 different ones. If they are one, merge them with data.labels.label.rename.',
      'The labels "Ann", "ann" of label are 2 different ones. If they are one, merge them with data.labels.label.rename.',
    ]);
  });

  it('warns of columns of a table that look like times and are labels', () => {
    const clips = ['0', '1.5', '0:03'].map((end, index): Clip => {
      return {
        id: String(index),
        path: `/${index}`,
        start: index,
        labels: { end, Duration: '2', stop: end, length: 'long' },
      };
    });
    const select = (name: string) =>
      selectClips({ name, clips }, ['stop'], { missingLabels: 'fail' }).account.warnings;
    expect(select('manifest').map((warning) => warning.split(' is ')[0])).toEqual([
      'The column "end"',
      'The column "Duration"',
    ]);
    expect(select('folder')).toEqual([]);
  });

  it.each([
    ['a fraction of zeros', ['1', '1.0', '10', '1.05'], ['1', '1.0']],
    ['a character that nobody sees', ['one', 'one\u200b', 'two'], ['one', 'one\u200b']],
    ['the width of letters', ['A', '\uff21', 'B'], ['A', '\uff21']],
  ])('sees %s', (_, labels, group) => {
    expect(similarLabels(labels)).toEqual([group]);
  });

  it('reads numbers of YAML as text, composed', () => {
    expect(schema.parse({ where: { take: [1, 'cafe\u0301'] }, labels: { yes: { drop: [true] } } })).toEqual({
      where: { take: ['1', 'caf\u00e9'] },
      labels: { yes: { drop: ['true'] } },
      missingLabels: 'fail',
    });
  });
});
