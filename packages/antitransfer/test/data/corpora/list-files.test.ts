import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { leftOutParts } from '../../../src/data/account/text.js';
import { audioEndings } from '../../../src/data/audio/containers/registry.js';
import { encodeWav } from '../../../src/data/audio/wav.js';
import type { Corpus } from '../../../src/data/clip.js';
import { isAudioName, listFiles } from '../../../src/data/corpora/list-files.js';
import { recogniseCorpus } from '../../../src/data/corpora/recognise.js';
import { loadCorpus } from '../../../src/data/corpora/registry.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'antitransfer-list-'));
});
afterEach(() => rm(root, { recursive: true }));

async function touch(...files: string[]): Promise<void> {
  for (const file of files) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), '');
  }
}

const leftOutOf = ({ inventory }: Corpus) => inventory?.leftOut ?? [];

describe('listFiles', () => {
  it('follows links to folders, and not in circles', async () => {
    await touch('corpus/yes/a.wav', 'elsewhere/b.WAV', 'elsewhere/deep/c.flac');
    await symlink(join(root, 'elsewhere'), join(root, 'corpus/no'));
    await symlink(join(root, 'corpus'), join(root, 'corpus/yes/again'));
    await symlink(join(root, 'corpus/yes/a.wav'), join(root, 'corpus/yes/linked.wav'));
    expect(await listFiles(join(root, 'corpus'))).toEqual([
      'no/b.WAV',
      'no/deep/c.flac',
      'yes/a.wav',
      'yes/linked.wav',
    ]);
  });

  it('follows a link that is the corpus itself, and lists a link to nothing, so that it is missed', async () => {
    await touch('corpus/yes/a.wav');
    await symlink(join(root, 'corpus'), join(root, 'link'));
    await symlink(join(root, 'gone.wav'), join(root, 'corpus/yes/gone.wav'));
    expect(await listFiles(join(root, 'link'))).toEqual(['yes/a.wav', 'yes/gone.wav']);
  });
});

describe('isAudioName', () => {
  it.each([...audioEndings])('%s, in upper case too', (ending) => {
    expect(isAudioName(`yes/a${ending}`)).toBe(true);
    expect(isAudioName(`yes/A${ending.toUpperCase()}`)).toBe(true);
    expect(isAudioName(`yes/._a${ending}`)).toBe(false);
  });
  it.each(['a.txt', 'a', 'a.wav.txt', '.wav', '.hidden/a.wav'])('but not %s', (name) => {
    expect(isAudioName(name)).toBe(false);
  });
});

describe('what is left out of a corpus', () => {
  it('is counted by reason and ending', async () => {
    await touch('yes/a.wav', 'yes/b.M4A', 'no/c.aiff', 'jingle.mp3', 'notes.txt', 'yes/d.docx', 'no/e.DOCX');
    await touch('yes/._a.wav', '.git/x.wav', 'yes/README', 'yes/f.wma', 'yes/g.GSM');
    const corpus = await loadCorpus('folder', root);
    expect(corpus.clips.map(({ id }) => id)).toEqual(['no/c.aiff', 'yes/a.wav', 'yes/b.M4A']);
    expect(corpus.inventory).toEqual({
      unit: 'files',
      found: 12,
      leftOut: [
        { reason: 'hidden', what: '', count: 2, examples: ['.git/x.wav', 'yes/._a.wav'] },
        { reason: 'name', what: '', count: 1, examples: ['jingle.mp3'] },
        { reason: 'no-sound', what: '.docx', count: 2, examples: ['no/e.DOCX', 'yes/d.docx'] },
        { reason: 'no-sound', what: '.txt', count: 1, examples: ['notes.txt'] },
        { reason: 'no-sound', what: '', count: 1, examples: ['yes/README'] },
        { reason: 'format', what: '.wma', count: 1, examples: ['yes/f.wma'] },
        { reason: 'format', what: '.gsm', count: 1, examples: ['yes/g.GSM'] },
      ],
    });
    expect(leftOutParts(leftOutOf(corpus))).toEqual([
      '2 are hidden (such as .git/x.wav)',
      '1 is named otherwise (such as jingle.mp3)',
      '2 are no sound (.docx)',
      '1 is no sound (.txt)',
      '1 is no sound (such as yes/README)',
      '1 is .wma, which is not read',
      '1 is .gsm, which is not read',
    ]);
  });

  it.skipIf(process.platform === 'win32')('is what is no file: a socket, or a link to a device', async () => {
    await touch('yes/a.wav', 'no/b.wav');
    const socket = createServer().listen(join(root, 'yes/socket.wav'));
    await once(socket, 'listening');
    await symlink('/dev/null', join(root, 'no/device.wav'));
    try {
      const others: string[] = [];
      expect(await listFiles(root, (path) => others.push(path))).toEqual(['no/b.wav', 'yes/a.wav']);
      expect(others).toEqual(['no/device.wav', 'yes/socket.wav']);
      for (const settings of [{}, { pattern: '{class}/{name}.wav' }]) {
        const corpus = await loadCorpus('folder', root, settings);
        expect(corpus.clips.map(({ id }) => id)).toEqual(['no/b.wav', 'yes/a.wav']);
        expect(corpus.inventory?.found).toBe(4);
        expect(leftOutOf(corpus)).toEqual([
          { reason: 'no-file', what: '', count: 2, examples: ['no/device.wav', 'yes/socket.wav'] },
        ]);
      }
    } finally {
      socket.close();
    }
  });

  it('is a recording whose name has no ending, or another, and is called what it is by its bytes', async () => {
    const wav = encodeWav(new Float32Array(100).fill(0.1), 16000);
    await touch('yes/a.wav', 'yes/README', 'yes/text', 'yes/picture.heic', 'yes/zero');
    await writeFile(
      join(root, 'yes/text'),
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('text', 'utf16le')]),
    );
    await writeFile(join(root, 'yes/picture.heic'), '\0\0\0\x18ftypheic\0\0\0\0mif1heic');
    await writeFile(join(root, 'yes/speech_001'), wav);
    await writeFile(join(root, 'yes/b.wav.bak'), wav);
    for (const settings of [{}, { pattern: '{class}/{name}.wav' }]) {
      const corpus = await loadCorpus('folder', root, settings);
      expect(corpus.clips.map(({ id }) => id)).toEqual(['yes/a.wav']);
      expect(leftOutOf(corpus)).toContainEqual({
        reason: 'ending',
        what: 'WAV',
        count: 2,
        examples: ['yes/b.wav.bak', 'yes/speech_001'],
      });
      const said = leftOutParts(leftOutOf(corpus));
      expect(said).toContain(
        '2 are WAV by the first bytes, but named like no recording (such as yes/b.wav.bak): give them their ending',
      );
      expect(said.join()).not.toContain('MP');
    }
  });

  it('is all of a folder without endings: then it is said what to do', async () => {
    await mkdir(join(root, 'yes'));
    await writeFile(join(root, 'yes/speech_001'), encodeWav(new Float32Array(100).fill(0.1), 16000));
    await expect(recogniseCorpus(root)).rejects.toThrow(
      /one file is a recording by the first bytes, such as "yes\/speech_001" \(WAV\).*\(yes\/speech_001\.wav\)/s,
    );
    for (const settings of [{}, { pattern: '{class}/{name}' }]) {
      await expect(loadCorpus('folder', root, settings)).rejects.toThrow('1 is WAV by the first bytes');
    }
  });

  it('is sound of another naming scheme, too; upper-case endings are not', async () => {
    await touch('7_theo_0.wav', '7_theo_1.WAV', 'seven-theo.wav', 'take 3.m4a');
    const corpus = await loadCorpus('fsdd', root);
    expect(corpus.clips.map(({ id }) => id)).toEqual(['7_theo_0.wav', '7_theo_1.WAV']);
    expect(leftOutOf(corpus)).toEqual([
      { reason: 'name', what: '', count: 2, examples: ['seven-theo.wav', 'take 3.m4a'] },
    ]);
  });

  it('is nothing that comes with the corpus', async () => {
    await touch('yes/0a_nohash_0.wav', 'README.md', 'LICENSE');
    await writeFile(join(root, 'validation_list.txt'), '');
    await writeFile(join(root, 'testing_list.txt'), '');
    expect((await loadCorpus('speech-commands', root)).inventory).toEqual({
      unit: 'files',
      found: 1,
      leftOut: [],
    });
  });
});
