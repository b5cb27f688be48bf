import { spectrogramChart } from '../../charts/spectrogram.js';
import { html, type Markup } from '../../markup.js';
import type { SampleClip } from '../../results.js';
import { methodName, type Page, plural, runsOf, section } from './page.js';

/** The page stays light enough to send: characters of base64 audio that it may hold. */
const AUDIO_LIMIT = 900_000;

/** A few test clips to look at and to hear. */
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
  return section(
    'samples',
    'Listen',
    html`Test clips as the network sees them, standardised by the training set: brighter is louder.${missing > 0 && html` ${plural(missing, 'longer clip')} left out to keep this page small.`}`,
    html`<div class="grid four">${shown.map((sample) => card(page, sample))}</div>`,
  );
}

function card(page: Page, sample: SampleClip): Markup {
  const labels = Object.entries(sample.labels);
  const words = labels.map(([column, label]) => `${column} ${label}`).join(', ');
  return html`<figure class="clip">
${spectrogramChart(`Spectrogram of ${sample.id}: ${words}`, sample.spectrogram)}
<audio controls preload="none" src="${audioSource(sample.audio)}" aria-label="Play ${sample.id}"></audio>
<dl>${labels.map(([column, label]) => html`<div><dt>${column}</dt><dd>${label}</dd></div>`)}</dl>
${recognised(page, sample)}<figcaption>${sample.id}</figcaption>
</figure>`;
}

/** How often each method was right about this clip. */
function recognised(page: Page, sample: SampleClip): Markup | undefined {
  const rows = page.results.methods.flatMap((method) => {
    const predictions = runsOf(page, method.id).flatMap((run) =>
      run.predictions.filter(({ clip }) => clip === sample.id),
    );
    if (predictions.length === 0) return [];
    const right = predictions.filter(({ truth, predicted }) => truth === predicted).length;
    return [html`<li>${methodName(page, method)} <span>${right} of ${predictions.length}</span></li>`];
  });
  return rows.length > 0
    ? html`<p class="small">Recognised in</p><ul class="recognised">${rows}</ul>`
    : undefined;
}

/** Only embedded audio: a page that stands by itself must not fetch anything. */
function audioSource(audio: string): string {
  return audio.startsWith('data:audio/') ? audio : '';
}
