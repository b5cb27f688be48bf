import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'tar';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { recogniseCorpus } from '../../../src/data/corpora/recognise.js';
import { loadCorpus } from '../../../src/data/corpora/registry.js';
import { type FreeCorpus, fetchable, findCorpus } from '../../../src/data/download/catalogue.js';
import { fetchPlanned, planFetch } from '../../../src/data/download/fetch-corpus.js';
import { bytesText, requireSpace } from '../../../src/data/download/space.js';
import { UserError } from '../../../src/errors.js';
import { writeLibrispeech } from '../corpora/miniatures.js';
import { type FileServer, serveFiles } from './file-server.js';
import { zipOf } from './zip.js';

let server: FileServer;
let root: string;
let tarball: Buffer;
beforeAll(async () => {
  server = await serveFiles();
  root = await mkdtemp(join(tmpdir(), 'fetch-source-'));
  await writeLibrispeech(root, 'none');
  await create({ gzip: true, file: join(root, 'a.tar.gz'), cwd: root }, ['LibriSpeech']);
  tarball = await readFile(join(root, 'a.tar.gz'));
});
afterAll(async () => {
  await server.close();
  await rm(root, { recursive: true, force: true });
});

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'fetch-')), 'new/librispeech');
  server.files.clear();
  server.asked.length = 0;
  server.files.set('train-clean-100.tar.gz', { bytes: tarball });
});
// Files of a damaged archive may still be on their way to the disk.
afterEach(() => rm(join(folder, '../..'), { recursive: true, force: true, maxRetries: 9 }));

const digestOf = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');

/** LibriSpeech as the catalogue has it, from this machine, its archive changed as given. */
function librispeech(change: Partial<FreeCorpus['archives'][0]> = {}): FreeCorpus {
  const corpus = findCorpus('librispeech');
  if ('steps' in corpus) throw new Error('LibriSpeech is free.');
  const [first] = corpus.archives;
  const own = { bytes: tarball.length, checksum: { algorithm: 'md5', digest: digestOf(tarball) } } as const;
  return {
    ...corpus,
    archives: [{ ...first, url: server.url('train-clean-100.tar.gz'), ...own, ...change }],
  };
}

describe('a corpus that is free', () => {
  it('is planned with its size, fetched, checked, unpacked, and then is the corpus', async () => {
    const plan = await planFetch(librispeech(), { folder });
    expect(plan).toMatchObject({ bytes: tarball.length, there: [] });
    expect(existsSync(folder)).toBe(false);
    const steps: string[] = [];
    await fetchPlanned(plan, { onProgress: (step, part) => steps.push(`${step} ${part}`) });
    expect([...new Set(steps)]).toEqual([
      'fetching train-clean-100',
      'checking train-clean-100',
      'unpacking train-clean-100',
    ]);
    expect((await loadCorpus('librispeech', folder)).clips).toHaveLength(9);
    expect(await recogniseCorpus(folder)).toBe('librispeech');
    expect(await readdir(join(folder, '..'))).toEqual(['librispeech']);

    server.asked.length = 0;
    expect(await planFetch(librispeech(), { folder })).toMatchObject({
      there: ['train-clean-100'],
      archives: [],
    });
    expect(server.asked).toEqual([]);
  });

  it('goes on after a stop, and unpacks again what was unpacked in part', async () => {
    const half = tarball.length >> 1;
    server.files.set('train-clean-100.tar.gz', { bytes: tarball, breaksAfter: [half, 0] });
    await expect(fetchPlanned(await planFetch(librispeech(), { folder }), { patience: 1 })).rejects.toThrow(
      /the same command continues/,
    );
    server.files.set('train-clean-100.tar.gz', { bytes: tarball });
    const controller = new AbortController();
    const stopped = fetchPlanned(await planFetch(librispeech(), { folder }), {
      signal: controller.signal,
      onProgress: (step) => step === 'unpacking' && controller.abort(new Error('enough')),
    });
    await expect(stopped).rejects.toThrow('enough');
    expect(server.asked.some((one) => /^GET .* bytes=/.test(one))).toBe(true);
    await mkdir(join(folder, 'LibriSpeech/train-clean-100'), { recursive: true });
    const plan = await planFetch(librispeech(), { folder });
    expect(plan.there).toEqual([]);
    server.asked.length = 0;
    await fetchPlanned(plan);
    expect(server.asked).toEqual([]);
    expect((await loadCorpus('librispeech', folder)).clips).toHaveLength(9);
  });

  it('is removed when its checksum is wrong', async () => {
    const wrong = Buffer.from(tarball);
    wrong[wrong.length >> 1]! ^= 1;
    server.files.set('train-clean-100.tar.gz', { bytes: wrong });
    const plan = await planFetch(librispeech(), { folder });
    await expect(fetchPlanned(plan)).rejects.toThrow(
      new RegExp(`is not train-clean-100: its md5 is ${digestOf(wrong)}, and should be ${digestOf(tarball)}`),
    );
    expect(existsSync(plan.archives[0]!.path)).toBe(false);
    expect(existsSync(folder)).toBe(false);
  });

  it('without a checksum is known by what came before, and told of when it is another one', async () => {
    const known = join(folder, '../../cache/fetched.json');
    const fetched = async (into: string, bytes: Buffer) => {
      server.files.set('train-clean-100.tar.gz', { bytes });
      const { checksum: _, bytes: __, ...archive } = librispeech().archives[0];
      const corpus: FreeCorpus = { ...librispeech(), archives: [archive] };
      const notes: string[] = [];
      const plan = await planFetch(corpus, { folder: join(folder, into) });
      await fetchPlanned(plan, { known, onNote: (note) => notes.push(note) });
      return notes;
    };
    const other = join(root, 'b.tar.gz');
    await create({ gzip: { level: 1 }, file: other, cwd: root }, ['LibriSpeech']);
    const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
    expect(await fetched('first', tarball)).toEqual([]);
    expect(await fetched('again', tarball)).toEqual([]);
    const changed = await readFile(other);
    const [note, ...others] = await fetched('changed', changed);
    expect(others).toEqual([]);
    expect(note).toMatch(/^librispeech train-clean-100 is another archive than that of \d{4}-\d\d-\d\d/);
    expect(note).toContain(`sha256 ${sha256(changed)}, then ${sha256(tarball)}`);
    // Once it is told of, it is what is known.
    expect(await fetched('changed again', changed)).toEqual([]);
  });

  it('says what can be done where nobody answers, and takes an archive that is put there', async () => {
    const gone = await serveFiles();
    const corpus = librispeech({ url: gone.url('train-clean-100.tar.gz') });
    await gone.close();
    const error = await planFetch(corpus, { folder }).catch((thrown: unknown) => thrown);
    const path = `${folder}.download/train-clean-100.tar.gz`;
    expect(error).toBeInstanceOf(UserError);
    const { message } = error as Error;
    expect(message).toMatch(/cannot be fetched: .*ECONNREFUSED.*network.*--url.*--data/);
    expect(message).toContain(`(${bytesText(tarball.length)}) elsewhere and put it at "${path}"`);
    await mkdir(`${folder}.download`, { recursive: true });
    await writeFile(path, tarball.subarray(1));
    await expect(planFetch(corpus, { folder })).rejects.toThrow(/download.*it is another file\. Remove it/);
    await writeFile(path, tarball);
    const plan = await planFetch(corpus, { folder });
    // Nothing is downloaded, and so nothing is asked.
    expect(plan.bytes).toBe(0);
    await fetchPlanned(plan);
    expect((await loadCorpus('librispeech', folder)).clips).toHaveLength(9);
  });

  it('is refused when the server has a file of another size, none, or the disk no room', async () => {
    const path = { folder };
    await expect(planFetch(librispeech({ bytes: 7 }), path)).rejects.toThrow(
      new RegExp(`has ${tarball.length} bytes, and train-clean-100 of librispeech has 7: it is another file`),
    );
    server.files.delete('train-clean-100.tar.gz');
    await expect(planFetch(librispeech(), path)).rejects.toThrow(/answers 404/);
    server.files.set('train-clean-100.tar.gz', { bytes: tarball });
    await expect(planFetch(librispeech({ grows: 1e15 }), path)).rejects.toThrow(
      /The disk of ".*" has .* left; librispeech needs about .*Make room/,
    );
    await expect(requireSpace(tmpdir(), 1e18, 'this')).rejects.toThrow(/this needs about 1000000 TB/);
  });

  it('is named when it is damaged, or unpacks to something else', async () => {
    const cut = tarball.subarray(0, tarball.length - 100);
    server.files.set('cut.tar.gz', { bytes: cut });
    const open = { bytes: cut.length, checksum: { algorithm: 'md5', digest: digestOf(cut) } } as const;
    const url = server.url('cut.tar.gz');
    await expect(fetchPlanned(await planFetch(librispeech(open), { folder, url }))).rejects.toThrow(
      /cut\.tar\.gz" is damaged: .*Remove it and run the same command again/,
    );
    const plan = await planFetch(librispeech({ gives: 'LibriSpeech/dev-clean' }), { folder });
    await expect(fetchPlanned(plan)).rejects.toThrow(
      /there is no "LibriSpeech\/dev-clean" in ".*": it is another archive/,
    );
  });

  it('comes out of a ZIP file without the folder around it, and nothing comes out beside its folder', async () => {
    const fsdd = findCorpus('fsdd');
    if ('steps' in fsdd) throw new Error('FSDD is free.');
    const wav = await readFile(join(root, 'LibriSpeech/README.TXT'));
    const zip = zipOf({
      'free-spoken-digit-dataset-1.0.10/': Buffer.alloc(0),
      'free-spoken-digit-dataset-1.0.10/README.md': wav,
      'free-spoken-digit-dataset-1.0.10/recordings/0_jackson_0.wav': wav,
    });
    server.files.set('v1.0.10.zip', { bytes: zip, sized: false });
    const url = server.url('v1.0.10.zip');
    const plan = await planFetch(fsdd, { folder, url });
    expect(plan.bytes).toBe(20e6); // The server does not say it.
    await fetchPlanned(plan);
    expect((await loadCorpus('fsdd', folder)).clips.map(({ id }) => id)).toEqual(['0_jackson_0.wav']);

    await rm(folder, { recursive: true });
    server.files.set('v1.0.10.zip', { bytes: zipOf({ 'a/../../../out.wav': wav }) });
    await expect(fetchPlanned(await planFetch(fsdd, { folder, url }))).rejects.toThrow(
      /is damaged: invalid relative path/,
    );
    expect(existsSync(join(folder, '../out.wav'))).toBe(false);
  });

  it('is named when a file in a ZIP file is not what was packed', async () => {
    const fsdd = findCorpus('fsdd');
    if ('steps' in fsdd) throw new Error('FSDD is free.');
    const zip = zipOf({ 'a/recordings/0_jackson_0.wav': Buffer.from('RIFF') });
    for (const header of [zip.indexOf('PK\x03\x04') + 14, zip.indexOf('PK\x01\x02') + 16]) zip[header]! ^= 1;
    server.files.set('v1.0.10.zip', { bytes: zip });
    const plan = await planFetch(fsdd, { folder, url: server.url('v1.0.10.zip') });
    await expect(fetchPlanned(plan)).rejects.toThrow(
      /is damaged: "a\/recordings\/0_jackson_0\.wav" is not what was packed/,
    );
  });

  it('is written where nothing else is in the way', async () => {
    const file = join(folder, '../file');
    await mkdir(join(folder, '..'), { recursive: true });
    await writeFile(file, '');
    await expect(planFetch(librispeech(), { folder: join(file, 'corpus') })).rejects.toThrow(
      /cannot be written/,
    );
  });
});

describe('the catalogue', () => {
  it('has every corpus of the paper, and FSDD and EMO-DB, and says how those on request are had', () => {
    expect([...fetchable].sort()).toEqual([
      'emodb',
      'fsdd',
      'good-sounds',
      'iemocap',
      'librispeech',
      'ms-snsd',
      'nsynth',
      'speech-commands',
    ]);
    const iemocap = findCorpus('iemocap');
    expect('steps' in iemocap && iemocap.steps.join(' ')).toMatch(/release form at https:\/\/sail\.usc\.edu/);
    expect(() => findCorpus('librispeach')).toThrow(/no corpus "librispeach".*Did you mean librispeech/);
  });

  it('names parts, and refuses two versions of one corpus', async () => {
    const corpus = findCorpus('speech-commands');
    if ('steps' in corpus) throw new Error('Speech Commands are free.');
    await expect(planFetch(corpus, { parts: ['v0.03'] })).rejects.toThrow(
      /no part "v0\.03"; there are v0\.01, v0\.02/,
    );
    await expect(planFetch(corpus, { parts: ['v0.01', 'v0.02'] })).rejects.toThrow(/one of them at a time/);
    const nsynth = findCorpus('nsynth');
    if ('steps' in nsynth) throw new Error('NSynth is free.');
    await expect(planFetch(nsynth, { url: 'http://127.0.0.1/a' })).rejects.toThrow(
      /there are 3: train, valid, test/,
    );
  });
});

it.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1500, '1.5 kB'],
  [337_926_286, '338 MB'],
  [6_387_309_499, '6.4 GB'],
])('%i bytes are %s', (bytes, text) => expect(bytesText(bytes)).toBe(text));
