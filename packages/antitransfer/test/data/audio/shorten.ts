/** Bits, the most significant first. */
class BitWriter {
  readonly #bits: number[] = [];

  /** As many zeros as the upper part says, a one, then the lower `low` bits. */
  rice(value: number, low: number): void {
    for (let i = 0; i < value >> low; i++) this.#bits.push(0);
    this.#bits.push(1);
    for (let bit = low - 1; bit >= 0; bit--) this.#bits.push((value >> bit) & 1);
  }

  /** A number behind the count of its bits. */
  long(value: number): void {
    const bits = value.toString(2).length;
    this.rice(bits, 2);
    this.rice(value, bits);
  }

  bytes(): Buffer {
    const padded = [...this.#bits, ...new Array(32 + ((8 - (this.#bits.length % 8)) % 8)).fill(0)];
    const byte = (i: number) => Number.parseInt(padded.slice(8 * i, 8 * i + 8).join(''), 2);
    return Buffer.from(Uint8Array.from({ length: padded.length / 8 }, (_, i) => byte(i)));
  }
}

const BLOCK = 256;
const DIFFERENCE_OF_NONE = 0;
const QUIT = 4;
const BLOCK_SIZE = 5;
const RESIDUAL_BITS = 10;

/** A SPHERE file of one channel whose samples are compressed with shorten 2 (Robinson 1994): no prediction, no mean. */
export function shortenedSphere(samples: Int16Array, sampleRate: number): Buffer {
  const bits = new BitWriter();
  // 16 bits, low byte first; one channel; block size; no LPC, no running mean, nothing skipped.
  for (const value of [5, 1, BLOCK, 0, 0, 0]) bits.long(value);
  for (let first = 0; first < samples.length; first += BLOCK) {
    const block = samples.subarray(first, first + BLOCK);
    if (block.length < BLOCK) {
      bits.rice(BLOCK_SIZE, 2);
      bits.long(block.length);
    }
    bits.rice(DIFFERENCE_OF_NONE, 2);
    bits.rice(RESIDUAL_BITS, 3);
    for (const sample of block) bits.rice(sample < 0 ? -2 * sample - 1 : 2 * sample, RESIDUAL_BITS + 1);
  }
  bits.rice(QUIT, 2);
  const header = [
    'NIST_1A',
    '   1024',
    'channel_count -i 1',
    `sample_count -i ${samples.length}`,
    `sample_rate -i ${sampleRate}`,
    'sample_n_bytes -i 2',
    'sample_byte_format -s2 01',
    'sample_sig_bits -i 16',
    'sample_coding -s26 pcm,embedded-shorten-v2.00',
    'end_head',
    '',
  ].join('\n');
  return Buffer.concat([Buffer.from(header.padEnd(1024)), Buffer.from('ajkg\x02'), bits.bytes()]);
}
