const FLOATS = 3;

/**
 * A WAV file of one channel of 32-bit floating-point samples: nothing is rounded on the way.
 *
 * @param samples in [-1, 1], shape (samples)
 * @param sampleRate in Hz, a whole number
 */
export function floatWav(samples: Float32Array, sampleRate: number): Blob {
  const header = new DataView(new ArrayBuffer(44));
  const text = (offset: number, characters: string) => {
    for (const [i, character] of [...characters].entries())
      header.setUint8(offset + i, character.charCodeAt(0));
  };
  text(0, 'RIFF');
  header.setUint32(4, 36 + 4 * samples.length, true);
  text(8, 'WAVEfmt ');
  header.setUint32(16, 16, true);
  header.setUint16(20, FLOATS, true);
  header.setUint16(22, 1, true);
  header.setUint32(24, sampleRate, true);
  header.setUint32(28, 4 * sampleRate, true);
  header.setUint16(32, 4, true);
  header.setUint16(34, 32, true);
  text(36, 'data');
  header.setUint32(40, 4 * samples.length, true);
  // WAV files are little-endian, as is every machine that has a browser.
  return new Blob([header, samples.slice()], { type: 'audio/wav' });
}
