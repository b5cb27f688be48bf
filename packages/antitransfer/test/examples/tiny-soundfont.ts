/** In Hz, at the root key 60. */
export const rootFrequency = 262.5;
const sampleRate = 44_100;
const period = sampleRate / rootFrequency;

// Generators of SoundFont 2.04, section 8.1.2.
const generators = { instrument: 41, keyRange: 43, fineTune: 52, sampleID: 53, sampleModes: 54 } as const;

/**
 * A soundfont of one sample, a sine that loops, which is all its programs, each tuned 3 cents above the one before.
 *
 * @param programs of General MIDI
 * @param keys the lowest and the highest note that sounds
 * @param tuning of the first program, in cents
 * @see SoundFont Technical Specification 2.04
 */
export function tinySoundfont(
  programs: readonly number[],
  keys: readonly [number, number],
  tuning: number,
): Uint8Array {
  const wave = Array.from({ length: 20 * period }, (_, index) =>
    Math.round(16_384 * Math.sin((2 * Math.PI * index) / period)),
  );
  // The standard asks for 46 zeros behind each sample.
  const samples = words([...wave, ...Array.from({ length: 46 }, () => 0)]);
  const presets = programs.map((program, index) =>
    bytes(text(`program ${program}`, 20), words([program, 0, index]), longs([0, 0, 0])),
  );
  return chunk(
    'RIFF',
    text('sfbk', 4),
    chunk(
      'LIST',
      text('INFO', 4),
      chunk('ifil', words([2, 4])),
      chunk('isng', text('EMU8000', 8)),
      chunk('INAM', text('tiny', 8)),
    ),
    chunk('LIST', text('sdta', 4), chunk('smpl', samples)),
    chunk(
      'LIST',
      text('pdta', 4),
      chunk('phdr', ...presets, text('EOP', 20), words([0, 0, programs.length]), longs([0, 0, 0])),
      // A zone of two generators for each preset, and the end of the list.
      chunk('pbag', words([...programs.flatMap((_, index) => [2 * index, 0]), 2 * programs.length, 0])),
      chunk('pmod', words([0, 0, 0, 0, 0])),
      chunk(
        'pgen',
        ...programs.map((_, index) =>
          words([generators.fineTune, tuning + 3 * index, generators.instrument, 0]),
        ),
        words([0, 0]),
      ),
      chunk('inst', text('sine', 20), words([0]), text('EOI', 20), words([1])),
      chunk('ibag', words([0, 0, 3, 0])),
      chunk('imod', words([0, 0, 0, 0, 0])),
      chunk(
        'igen',
        words([generators.keyRange, keys[0] + 256 * keys[1]]),
        words([generators.sampleModes, 1]),
        words([generators.sampleID, 0, 0, 0]),
      ),
      chunk(
        'shdr',
        text('sine', 20),
        longs([0, wave.length, period, wave.length - period, sampleRate]),
        bytes(Uint8Array.of(60, 0), words([0, 1])),
        text('EOS', 46),
      ),
    ),
  );
}

function chunk(name: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = bytes(...parts);
  return bytes(text(name, 4), longs([body.length]), body);
}

function bytes(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function text(characters: string, length: number): Uint8Array {
  const padded = new Uint8Array(length);
  padded.set(new TextEncoder().encode(characters));
  return padded;
}

/** Integers of two bytes. */
function words(values: readonly number[]): Uint8Array {
  return new Uint8Array(Int16Array.from(values).buffer);
}

/** Integers of four bytes. */
function longs(values: readonly number[]): Uint8Array {
  return new Uint8Array(Int32Array.from(values).buffer);
}
