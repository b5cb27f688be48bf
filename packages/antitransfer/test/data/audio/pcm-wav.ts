/** How numbers are written into a WAV file. */
export interface WavForm {
  readonly bits: number;
  /** Bytes of a sample. */
  readonly slot: number;
  readonly float?: boolean;
  /** Where fewer bits than the bytes hold stand; to the left is what the format says. */
  readonly justified?: string;
  readonly magic?: 'RIFF' | 'RIFX' | 'RF64';
  readonly extensible?: boolean;
}

/** Writes WAV files of every form that people's programs write. */
export function pcmWav(channels: readonly Float32Array[], sampleRate: number, form: WavForm): Uint8Array {
  const { bits, slot, float = false, justified = 'left', magic = 'RIFF', extensible = false } = form;
  const little = magic !== 'RIFX';
  const frames = channels[0]!.length;
  const dataBytes = frames * channels.length * slot;
  const long = magic === 'RF64' ? 36 : 0;
  const formatBytes = extensible ? 40 : 16;
  const bytes = Buffer.alloc(12 + long + 8 + formatBytes + 8 + dataBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  bytes.write(magic, 0);
  view.setUint32(4, long > 0 ? 0xffffffff : bytes.length - 8, little);
  bytes.write('WAVE', 8);
  let at = 12;
  if (long > 0) {
    bytes.write('ds64', at);
    view.setUint32(at + 4, 28, true);
    view.setBigUint64(at + 8, BigInt(bytes.length - 8), true);
    view.setBigUint64(at + 16, BigInt(dataBytes), true);
    at += long;
  }
  bytes.write('fmt ', at);
  view.setUint32(at + 4, formatBytes, little);
  const encoding = float ? 3 : 1;
  view.setUint16(at + 8, extensible ? 0xfffe : encoding, little);
  view.setUint16(at + 10, channels.length, little);
  view.setUint32(at + 12, sampleRate, little);
  view.setUint32(at + 16, sampleRate * slot * channels.length, little);
  view.setUint16(at + 20, slot * channels.length, little);
  view.setUint16(at + 22, extensible ? 8 * slot : bits, little);
  if (extensible) {
    view.setUint16(at + 24, 22, little);
    view.setUint16(at + 26, bits, little);
    view.setUint16(at + 32, encoding, little);
  }
  at += 8 + formatBytes;
  bytes.write('data', at);
  view.setUint32(at + 4, long > 0 ? 0xffffffff : dataBytes, little);
  at += 8;
  for (let frame = 0; frame < frames; frame++) {
    for (const samples of channels) {
      const sample = samples[frame]!;
      if (float && slot === 4) view.setFloat32(at, sample, little);
      else if (float) view.setFloat64(at, sample, little);
      else {
        const integer =
          Math.round(sample * 2 ** (bits - 1)) * (justified === 'left' ? 2 ** (8 * slot - bits) : 1);
        writeInteger(bytes, at, slot === 1 ? integer + 128 : integer, slot, little);
      }
      at += slot;
    }
  }
  return bytes;
}

function writeInteger(bytes: Buffer, at: number, value: number, slot: number, little: boolean): void {
  if (slot === 1) bytes.writeUInt8(value, at);
  else if (little) bytes.writeIntLE(value, at, slot);
  else bytes.writeIntBE(value, at, slot);
}
