import { describe, expect, it } from 'vitest';
import { compilePattern } from '../../../src/data/corpora/file-pattern.js';
import { UserError } from '../../../src/errors.js';

const fits: readonly (readonly [string, string, string, Record<string, string>])[] = [
  ['a plain one', '{speaker}_{take}_{word}.wav', 'ann_3_yes.wav', { speaker: 'ann', take: '3', word: 'yes' }],
  ['no ending', 'a.b/{speaker}_{word}', 'a.b/ann_yes.m4a', { speaker: 'ann', word: 'yes' }],
  ['any ending', '{speaker}_{word}.{}', 'ann_yes.m4a', { speaker: 'ann', word: 'yes' }],
  ['folders', '{word}/{speaker}_{}.wav', 'left/adam_01.wav', { word: 'left', speaker: 'adam' }],
  [
    'RAVDESS',
    '{}/{modality}-{channel}-{emotion}-{intensity}-{statement}-{repetition}-{actor}.wav',
    'Actor_12/03-01-06-01-02-01-12.wav',
    {
      modality: '03',
      channel: '01',
      emotion: '06',
      intensity: '01',
      statement: '02',
      repetition: '01',
      actor: '12',
    },
  ],
  [
    'CREMA-D',
    '{actor}_{sentence}_{emotion}_{level}.wav',
    '1001_IEO_ANG_HI.wav',
    { actor: '1001', sentence: 'IEO', emotion: 'ANG', level: 'HI' },
  ],
  [
    'NSynth',
    '{family}_{source:acoustic|electronic|synthetic}_{instrument}-{pitch}-{velocity}.wav',
    'synth_lead_synthetic_011-055-100.wav',
    { family: 'synth_lead', source: 'synthetic', instrument: '011', pitch: '055', velocity: '100' },
  ],
  [
    'EMO-DB',
    '{speaker:2}{sentence:3}{emotion:1}{version:1}.wav',
    '03a01Fa.wav',
    { speaker: '03', sentence: 'a01', emotion: 'F', version: 'a' },
  ],
  [
    'SAVEE',
    '{speaker}_{emotion:a|d|f|h|n|sa|su}{sentence:2}.wav',
    'DC_sa01.wav',
    { speaker: 'DC', emotion: 'sa', sentence: '01' },
  ],
  ['a name that is there twice', '{word}/{word}_{take}.wav', 'yes/yes_1.wav', { word: 'yes', take: '1' }],
  ['ten parts and a digit behind', '{a}0{a}.wav', 'x0x.wav', { a: 'x' }],
  [
    'an ending in capitals',
    '{dialect}/{speaker}/{sentence}.wav',
    'DR1/FCJF0/SA1.WAV',
    {
      dialect: 'DR1',
      speaker: 'FCJF0',
      sentence: 'SA1',
    },
  ],
  ['signs that mean something elsewhere', 'a+b (1)/{x}[{y}].wav', 'a+b (1)/1[2].wav', { x: '1', y: '2' }],
  ['decomposed letters', 'caf\u00e9/{x}.wav', 'cafe\u0301/e\u0301.wav', { x: '\u00e9' }],
];

describe('a pattern of file names', () => {
  it.each(fits)('reads %s', (_, pattern, file, labels) => {
    const { columns, match } = compilePattern(pattern);
    expect(match(file)).toEqual(labels);
    expect(columns).toEqual(Object.keys(labels));
  });

  it.each([
    ['{speaker}_{word}.wav', 'ann.wav'],
    ['{speaker}_{word}.wav', 'deep/ann_yes.wav'],
    ['{speaker}_{word}.wav', 'ann_yes.wave'],
    ['{speaker}_{word}.wav', 'ann_yesxwav'],
    ['{word}/{word}_{take}.wav', 'yes/no_1.wav'],
    ['{emotion:ANG|HAP}.wav', 'SAD.wav'],
    ['{speaker:2}.wav', 'ann.wav'],
  ])('%s is not the name of %s', (pattern, file) => {
    expect(compilePattern(pattern).match(file)).toBeUndefined();
  });

  it.each([
    ['{a}_{b}.wav', 'x_y_z.wav'],
    ['{family}_{source}_{n}.wav', 'synth_lead_synthetic_011.wav'],
    ['{emotion:s|sa}{rest}.wav', 'sad.wav'],
    ['{}_{b}.wav', 'x_y_z.wav'],
  ])('%s fits %s in two ways', (pattern, file) => {
    expect(compilePattern(pattern).match(file)).toBe('ambiguous');
  });

  it.each([
    ['{speaker', 'a "{" is alone'],
    ['speaker}.wav', 'a "}" is alone'],
    ['{}_{}.wav', 'no part has a name'],
    ['{emotion:a|}.wav', 'allows nothing'],
    ['{path}.wav', '"path" is no label'],
  ])('%s is refused', (pattern, why) => {
    expect(() => compilePattern(pattern)).toThrow(UserError);
    expect(() => compilePattern(pattern)).toThrow(why);
  });
});
