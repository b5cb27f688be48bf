/** Texts, a byte a character, that a kind of file begins with, or has at an offset; what it is, and what to do about it. */
interface ForeignKind {
  readonly texts: readonly string[];
  readonly at?: number;
  readonly what: string;
}

/** Kinds of files that get the name of a model or a recording. A test goes over all of them. */
export const foreignKinds: readonly ForeignKind[] = [
  {
    texts: ['version https://git-lfs.'],
    what: 'a pointer of Git LFS: "git lfs pull" fetches the file itself',
  },
  {
    texts: ['/annex/objects/', '.git/annex/objects/', '../.git/annex/objects/'],
    what: 'a pointer of git-annex: "git annex get" fetches the file itself',
  },
  {
    texts: ['<!doctype html', '<html', '\n<!doctype html', '\xef\xbb\xbf<!doctype html'],
    what: 'a web page, as a download that failed leaves: download the file again',
  },
  { texts: ['PK\x03\x04'], what: 'a zip archive, as "torch.save" writes them, too: unpack or export it' },
  { texts: ['\x1f\x8b'], what: 'packed with gzip: unpack it' },
  { texts: ['BZh'], what: 'packed with bzip2: unpack it' },
  { texts: ['\xfd7zXZ\0'], what: 'packed with xz: unpack it' },
  { texts: ['\x28\xb5\x2f\xfd'], what: 'packed with zstd: unpack it' },
  { texts: ['7z\xbc\xaf\x27\x1c'], what: 'a 7z archive: unpack it' },
  { texts: ['Rar!\x1a'], what: 'a RAR archive: unpack it' },
  { texts: ['\x80\x02', '\x80\x03', '\x80\x04', '\x80\x05'], what: 'a pickle of Python: export it' },
  { texts: ['\x89hdf\r\n'], what: 'HDF5, as Keras writes it: export it' },
  { texts: ['tfl3'], at: 4, what: 'a model of TensorFlow Lite: export it' },
  { texts: ['{"'], at: 8, what: 'weights alone, in safetensors: export the network' },
  { texts: ['\x93numpy'], what: 'an array of NumPy: export it' },
  { texts: ['%pdf-'], what: 'a PDF' },
  { texts: ['\0'.repeat(16)], what: 'zeros, as a copy or download that broke off leaves: copy it again' },
];

/**
 * What a file is that has the name of a model or a recording, and is neither: a pointer of Git LFS, a web page, an archive … Says
 * what to do, too; undefined for what is not known.
 *
 * ```ts
 * foreignFile(new TextEncoder().encode('<!DOCTYPE html>')); // 'a web page, as a download that failed leaves: …'
 * ```
 */
export function foreignFile(bytes: Uint8Array): string | undefined {
  // Small letters: pages are written with either.
  const beginning = Array.from(bytes.subarray(0, 64), (byte) => String.fromCharCode(byte))
    .join('')
    .toLowerCase();
  const begins = ({ texts, at = 0 }: ForeignKind) =>
    texts.some((text) => beginning.startsWith(text.toLowerCase(), at));
  return foreignKinds.find(begins)?.what;
}
