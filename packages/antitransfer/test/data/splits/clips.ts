import type { Clip } from '../../../src/data/clip.js';

/** Clips of digits by speakers, named as FSDD names them. `takes` may differ by pair of labels. */
export function digitClips(
  speakers: readonly string[],
  takes: number | ((digit: number, speaker: string) => number),
  digits = 10,
): Clip[] {
  const clips: Clip[] = [];
  for (let digit = 0; digit < digits; digit++) {
    for (const speaker of speakers) {
      const count = typeof takes === 'number' ? takes : takes(digit, speaker);
      for (let take = 0; take < count; take++) {
        const id = `${digit}_${speaker}_${take}.wav`;
        clips.push({
          id,
          path: `/fsdd/${id}`,
          labels: { digit: String(digit), speaker, take: String(take) },
        });
      }
    }
  }
  return clips;
}

/** As FSDD: 10 digits, 6 speakers, 50 takes. */
export const fsddSpeakers = ['george', 'jackson', 'lucas', 'nicolas', 'theo', 'yweweler'] as const;

/** How many clips have each value of a label. */
export function countBy(clips: readonly Clip[], ...columns: string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { labels } of clips) {
    const key = columns.map((column) => labels[column]).join(' ');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
