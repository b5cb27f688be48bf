import { spectrogramChart } from '../../charts/spectrogram.js';
import { html, type Markup } from '../../markup.js';
import type { Prediction, SampleClip } from '../../results.js';
import { figureOf } from './figure.js';
import { methodName, type Page, plural, runsOf, section } from './page.js';

/** The page stays light enough to send: characters of base64 audio that it may hold. */
const AUDIO_LIMIT = 900_000;

/** A few test clips to look at and to hear: those that were taken for something else most often. */
export function samplesSection(page: Page): Markup | undefined {
  const { samples } = page.results;
  if (samples.length === 0) return undefined;
  let used = 0;
  const shown = samples.filter((sample) => {
    if (used + sample.audio.length > AUDIO_LIMIT) return false;
    used += sample.audio.length;
    return true;
  });
  const missing = samples.length - shown.length;
  const wrong = shown.some((sample) => answersTo(page, sample).some(isWrong));
  return section(
    'samples',
    wrong ? 'Errors to listen to' : 'Clips to listen to',
    html`${wrong ? 'Test clips of the first seed or fold that were taken for something else most often, of different labels; below each, what was said.' : 'Some test clips; none was taken for something else.'} Spectrograms are as the network sees them, standardised by the training set: brighter is louder.${missing > 0 && html` ${plural(missing, 'longer clip')} left out to keep this page small.`}`,
    html`<div class="grid">${shown.map((sample, index) => card(page, sample, index))}</div>`,
  );
}

function card(page: Page, sample: SampleClip, index: number): Markup {
  const labels = Object.entries(sample.labels);
  const words = labels.map(([column, label]) => `${column} ${label}`).join(', ');
  return html`<div class="clip">
${figureOf(`clip-${index + 1}`, sample.id, spectrogramChart(`Spectrogram of ${sample.id}: ${words}`, sample.spectrogram))}
<audio controls preload="none" src="${audioSource(sample.audio)}" aria-label="Play ${sample.id}"></audio>
<dl>${labels.map(([column, label]) => html`<div><dt>${column}</dt><dd>${label}</dd></div>`)}</dl>
${heard(page, sample)}
</div>`;
}

/** What each method said of this clip, the most frequent first. */
function heard(page: Page, sample: SampleClip): Markup | undefined {
  const rows = page.results.methods.flatMap((method) => {
    const answers = answersTo(page, sample, method.id);
    if (answers.length === 0) return [];
    return [html`<li>${methodName(page, method)} <span>${said(answers)}</span></li>`];
  });
  return rows.length > 0
    ? html`<p class="small">Taken for</p><ul class="recognised">${rows}</ul>`
    : undefined;
}

/** `7 (right), 3` of one answer each; `7 (right) ×5, 3 ×2` of several. */
function said(answers: readonly Prediction[]): string {
  const counts = new Map<string, number>();
  for (const { predicted } of answers) counts.set(predicted, (counts.get(predicted) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([label, count]) => {
      const right = label === answers[0]?.truth ? '\u00a0(right)' : '';
      return `${label}${right}${answers.length > 1 ? `\u00a0×${count}` : ''}`;
    })
    .join(', ');
}

function answersTo(page: Page, { id }: SampleClip, method?: string): Prediction[] {
  const runs = method === undefined ? page.results.runs : runsOf(page, method);
  return runs.flatMap((run) => run.predictions.filter(({ clip }) => clip === id));
}

function isWrong({ truth, predicted }: Prediction): boolean {
  return truth !== predicted;
}

/** Only embedded audio: a page that stands by itself must not fetch anything. */
function audioSource(audio: string): string {
  return audio.startsWith('data:audio/') ? audio : '';
}
