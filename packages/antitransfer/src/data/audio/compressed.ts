/** A compressed format: how to know it by its first bytes, how to decode it, what its header promises. */
export interface CompressedFormat {
  readonly name: string;
  recognises(bytes: Uint8Array): boolean;
  /** Planar channels, equally long, and their rate in Hz. Nothing at all when no packet could be decoded. */
  decode(bytes: Uint8Array): Promise<{ channelData: readonly Float32Array[]; sampleRate: number }>;
  /** Whether the file breaks off before its end, as far as its own header or last page tells. */
  isTruncated(bytes: Uint8Array, decodedSamples: number): boolean;
}

/** The decoders are WebAssembly and take a while to load, so each is imported when its first file comes. */
export const compressedFormats: readonly CompressedFormat[] = [
  {
    name: 'FLAC',
    recognises: (bytes) => startsWith(bytes, 'fLaC'),
    decode: decodeFlac,
    isTruncated: (bytes, decodedSamples) => decodedSamples < flacSampleCount(bytes),
  },
  {
    name: 'Ogg Opus',
    recognises: (bytes) => startsWith(bytes, 'OggS') && startsWith(bytes, 'OpusHead', 28),
    decode: async (bytes) => (await import('@audio/decode-opus')).default(bytes),
    isTruncated: (bytes) => !endsWithLastOggPage(bytes),
  },
  {
    name: 'Ogg Vorbis',
    recognises: (bytes) => startsWith(bytes, 'OggS') && startsWith(bytes, '\x01vorbis', 28),
    decode: async (bytes) => (await import('@audio/decode-vorbis')).default(bytes),
    isTruncated: (bytes) => !endsWithLastOggPage(bytes),
  },
  {
    name: 'MP3',
    recognises: (bytes) =>
      startsWith(bytes, 'ID3') || (bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe6) === 0xe2),
    decode: async (bytes) => (await import('@audio/decode-mp3')).default(bytes),
    isTruncated: (bytes) => lacksMp3Bytes(bytes),
  },
];

function startsWith(bytes: Uint8Array, text: string, offset = 0): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .subarray(offset, offset + text.length)
    .equals(Buffer.from(text, 'latin1'));
}

/** The decoder divides b-bit integers by 2^(b-1) - 1; made equal here to a WAV file of the same samples. */
async function decodeFlac(bytes: Uint8Array) {
  const { default: decode } = await import('@audio/decode-flac');
  const { channelData, sampleRate } = await decode(bytes);
  const fullScale = 2 ** (flacBits(bytes) - 1);
  const gain = (fullScale - 1) / fullScale;
  return { channelData: channelData.map((samples) => samples.map((sample) => gain * sample)), sampleRate };
}

/** Bits a sample, from FLAC's STREAMINFO (RFC 9639, section 8.2). */
function flacBits(bytes: Uint8Array): number {
  return (((bytes[20] ?? 0) & 1) << 4) + ((bytes[21] ?? 0) >> 4) + 1;
}

/** The sample count of FLAC's STREAMINFO, 36 bits (RFC 9639, section 8.2); 0 when the encoder did not know it. */
function flacSampleCount(bytes: Uint8Array): number {
  if (bytes.length < 26) return Number.POSITIVE_INFINITY;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (view.getUint8(21) & 0x0f) * 2 ** 32 + view.getUint32(22);
}

/** Whether the pages are whole and the last one carries the end-of-stream flag (RFC 3533, section 6). */
function endsWithLastOggPage(bytes: Uint8Array): boolean {
  let offset = 0;
  let ended = false;
  while (offset + 27 <= bytes.length && startsWith(bytes, 'OggS', offset)) {
    ended = ((bytes[offset + 5] ?? 0) & 0x04) !== 0;
    const count = bytes[offset + 26] ?? 0;
    const segments = bytes.subarray(offset + 27, offset + 27 + count);
    offset += 27 + count + segments.reduce((sum, length) => sum + length, 0);
  }
  return ended && offset <= bytes.length;
}

/** Whether the file is shorter than the byte count in its Xing or Info frame says; false when it has none. */
function lacksMp3Bytes(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let frame = 0;
  if (startsWith(bytes, 'ID3') && bytes.length > 10) {
    // Seven bits a byte, and the ten bytes of the tag's own header.
    frame = 10 + bytes.subarray(6, 10).reduce((size, byte) => size * 128 + byte, 0);
  }
  // The tag follows the frame's side information, whose length depends on version and channels.
  const tag = [13, 21, 36]
    .map((offset) => frame + offset)
    .find((offset) => startsWith(bytes, 'Xing', offset) || startsWith(bytes, 'Info', offset));
  if (tag === undefined || tag + 16 > bytes.length) return false;
  const flags = view.getUint32(tag + 4);
  const hasFrames = (flags & 1) !== 0;
  const hasBytes = (flags & 2) !== 0;
  return hasBytes && bytes.length - frame < view.getUint32(tag + (hasFrames ? 12 : 8));
}
