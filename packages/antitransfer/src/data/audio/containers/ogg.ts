import { type Container, hasText, type Structure, viewOf } from './container.js';

interface Page {
  readonly start: number;
  readonly end: number;
  readonly serial: number;
  readonly sequence: number;
  readonly begins: boolean;
  readonly ends: boolean;
}

/** Ogg with Opus, Vorbis, FLAC or Speex (RFC 3533). */
export const ogg: Container = {
  name: 'Ogg',
  endings: ['.ogg', '.oga', '.opus', '.spx'],
  recognises: (bytes) => hasText(bytes, 'OggS'),
  inspect(bytes) {
    const { pages, strayBytes, tail } = readPages(bytes);
    if (strayBytes > 0)
      return damaged(`${strayBytes} bytes among its ${pages.length} whole pages belong to none`);
    const lost = lostPage(pages);
    if (lost !== undefined) return damaged(`a page is missing before byte ${lost.start}`);
    if ((pageEnd(tail, 0) ?? 0) > tail.length) {
      const detail = `it breaks off within a page, after ${pages.length} whole ones`;
      return { problem: { reason: 'truncated', detail } };
    }
    if (hasText(tail, 'OggS'))
      return damaged(`its last page, of ${tail.length} bytes, is not what its checksum says`);
    if (mayBeSound(tail, pages.at(-1)?.ends)) {
      return damaged(`${tail.length} bytes behind its ${pages.length} whole pages belong to none`);
    }
    const streams = chainedStreams(pages);
    const parts = streams.map(([first, last]) => bytes.subarray(first.start, last.end));
    const ends = streams.map(([first, last]) => vorbisEnd(bytes, first, last));
    const notes = [
      ...(pages.at(-1)?.ends
        ? []
        : ['its last page lacks the flag that it is the last; all pages are whole']),
      ...(tail.length > 0 ? [`${tail.length} bytes behind its last page belong to none`] : []),
      ...(parts.length > 1 ? [`${parts.length} recordings follow each other in it`] : []),
    ];
    return { parts, ends, notes };
  },
};

function damaged(detail: string): Structure {
  return { problem: { reason: 'damaged', detail } };
}

/** More than a tag that is not known, behind a page that says it is the last; anything behind another. */
function mayBeSound(tail: Uint8Array, ended = false): boolean {
  return tail.length > (ended ? 1024 : 0) && tail.some((byte) => byte !== 0);
}

/** Whole pages with the right checksum; bytes before a page that are in none; what stands behind the last page. */
function readPages(bytes: Uint8Array): { pages: Page[]; strayBytes: number; tail: Uint8Array } {
  const pages: Page[] = [];
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let strayBytes = 0;
  let known = 0;
  for (let offset = 0; offset !== -1 && offset < bytes.length; ) {
    const end = pageEnd(bytes, offset);
    if (end !== undefined && end <= bytes.length && hasRightChecksum(bytes.subarray(offset, end))) {
      pages.push(pageAt(bytes, offset, end));
      strayBytes += offset - known;
      known = offset = end;
    } else offset = all.indexOf('OggS', offset + 1, 'latin1');
  }
  return { pages, strayBytes, tail: bytes.subarray(known) };
}

/** Where the page at an offset ends; undefined when none begins there, `Infinity` when its header breaks off. */
function pageEnd(bytes: Uint8Array, offset: number): number | undefined {
  if (!hasText(bytes, 'OggS', offset)) return undefined;
  const count = bytes[offset + 26];
  if (count === undefined || offset + 27 + count > bytes.length) return Number.POSITIVE_INFINITY;
  const segments = bytes.subarray(offset + 27, offset + 27 + count);
  return offset + 27 + count + segments.reduce((sum, length) => sum + length, 0);
}

function pageAt(bytes: Uint8Array, start: number, end: number): Page {
  const view = viewOf(bytes);
  const flags = view.getUint8(start + 5);
  return {
    start,
    end,
    serial: view.getUint32(start + 14, true),
    sequence: view.getUint32(start + 18, true),
    begins: (flags & 2) !== 0,
    ends: (flags & 4) !== 0,
  };
}

/** The first page whose number does not follow the one before of the same stream. */
function lostPage(pages: readonly Page[]): Page | undefined {
  const last = new Map<number, number>();
  return pages.find(({ serial, sequence, begins }) => {
    const before = last.get(serial);
    last.set(serial, sequence);
    return !begins && before !== undefined && sequence !== before + 1;
  });
}

/** First and last page of each recording: one begins where a page that begins a stream follows one that does not. */
function chainedStreams(pages: readonly Page[]): [Page, Page][] {
  const streams: [Page, Page][] = [];
  for (const [index, page] of pages.entries()) {
    const current = streams.at(-1);
    if (current === undefined || (page.begins && !pages[index - 1]?.begins)) streams.push([page, page]);
    else current[1] = page;
  }
  return streams;
}

/** Samples up to the end of a Vorbis stream (Vorbis I, A.2); undefined of others, and when its last page is no end. */
function vorbisEnd(bytes: Uint8Array, first: Page, last: Page): number | undefined {
  if (!last.ends || first.serial !== last.serial || !hasText(bytes, '\x01vorbis', first.start + 28))
    return undefined;
  return Number(viewOf(bytes).getBigInt64(last.start + 6, true));
}

/** CRC-32 of a page, polynomial 0x04c11db7, its own four bytes taken as zero. */
function hasRightChecksum(page: Uint8Array): boolean {
  let sum = 0;
  for (let i = 0; i < page.length; i++) {
    const byte = i >= 22 && i < 26 ? 0 : (page[i] ?? 0);
    sum = (sum << 8) ^ (checksums[(sum >>> 24) ^ byte] ?? 0);
  }
  return sum >>> 0 === viewOf(page).getUint32(22, true);
}

const checksums = Int32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte << 24;
  for (let bit = 0; bit < 8; bit++) sum = (sum << 1) ^ (sum < 0 ? 0x04c11db7 : 0);
  return sum;
});
