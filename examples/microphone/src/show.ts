import type { Heard, PageCard } from 'antitransfer/browser';
import { element } from './elements.js';

/** What fits beside a word. */
const BARS = 10;

const list = element('heard', HTMLElement);
const last = element('last', HTMLElement);
const bars = element('bars', HTMLElement);

export function showCard({ target, labels, sampleRate, seconds, level }: PageCard): void {
  const refusal =
    level === undefined
      ? 'It has no level below which it says nothing: it names every sound.'
      : `It says nothing below a probability of ${level}.`;
  element('card', HTMLElement).textContent =
    `Tells ${target}: ${labels.join(', ')}. It hears ${seconds} s at ${sampleRate} Hz. ${refusal}`;
}

export function clearHeard(): void {
  list.replaceChildren();
  bars.replaceChildren();
  last.textContent = 'Nothing heard yet.';
  last.className = 'hint';
}

export function showHeard(heard: Heard, { labels }: PageCard): void {
  const { label, probability, start, end, probabilities } = heard;
  last.textContent = label;
  last.className = '';
  const row = document.createElement('tr');
  for (const text of [`${start.toFixed(2)} s`, `${end.toFixed(2)} s`, label, percent(probability)]) {
    row.append(Object.assign(document.createElement('td'), { textContent: text }));
  }
  list.prepend(row);
  const sorted = labels
    .map((name, index) => ({ name, share: probabilities[index] ?? 0 }))
    .sort((a, b) => b.share - a.share)
    .slice(0, BARS);
  bars.replaceChildren(...sorted.map(bar));
}

function bar({ name, share }: { readonly name: string; readonly share: number }): HTMLLIElement {
  const item = document.createElement('li');
  const fill = document.createElement('i');
  fill.style.width = `${100 * share}%`;
  const track = Object.assign(document.createElement('span'), { className: 'bar' });
  track.append(fill);
  item.append(
    Object.assign(document.createElement('span'), { textContent: name }),
    track,
    Object.assign(document.createElement('b'), { textContent: percent(share) }),
  );
  return item;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
