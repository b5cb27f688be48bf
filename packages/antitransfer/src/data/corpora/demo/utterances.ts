const WORDS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

/** Speaker label and Flite's voice. `kal` at 16 kHz has the band that the others have. */
const VOICES = [
  ['awb', 'awb'],
  ['kal', 'kal16'],
  ['rms', 'rms'],
  ['slt', 'slt'],
] as const;

/**
 * Flite needs 20 ms an utterance, so this many takes in a row share one; the rest of a take is its own.
 * A split between takes that begins at an even take has no utterance on two sides.
 */
const TAKES_PER_UTTERANCE = 2;

/** One way in which one voice says one digit, and the takes that are made of it. */
export interface Utterance {
  /** For example `7 slt 4`: digit, speaker, first take. */
  readonly name: string;
  readonly word: string;
  readonly voice: string;
  /** File names, `{digit}_{speaker}_{take}.wav`. */
  readonly takes: readonly string[];
}

/** All utterances of a demo corpus with this many takes of each digit by each voice. */
export function demoUtterances(takes: number): Utterance[] {
  const utterances: Utterance[] = [];
  for (const [digit, word] of WORDS.entries()) {
    for (const [speaker, voice] of VOICES) {
      for (let first = 0; first < takes; first += TAKES_PER_UTTERANCE) {
        const length = Math.min(TAKES_PER_UTTERANCE, takes - first);
        const names = Array.from({ length }, (_, index) => `${digit}_${speaker}_${first + index}.wav`);
        utterances.push({ name: `${digit} ${speaker} ${first}`, word, voice, takes: names });
      }
    }
  }
  return utterances;
}
