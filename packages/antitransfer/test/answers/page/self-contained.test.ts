import { createHash } from 'node:crypto';
import { parseHTML } from 'linkedom';
import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { renderReport } from '../../../src/answers/page/html.js';
import type { ComparisonResults } from '../../../src/answers/results.js';
import { comparisonFixture } from './fixture.js';

const results = comparisonFixture(new Random(3));
const page = renderReport(results);

describe('renderReport', () => {
  it('stands by itself: nothing in it is fetched', () => {
    const { document } = parseHTML(page);
    const references = [...document.querySelectorAll('*')].flatMap((element) =>
      ['src', 'href', 'xlink:href', 'srcset', 'data', 'poster'].flatMap(
        (name) => element.getAttribute(name) ?? [],
      ),
    );
    expect(references.length).toBeGreaterThan(4);
    for (const reference of references) expect(reference).toMatch(/^data:(audio\/wav|image\/png);base64,/);
    // A saved figure is a blob of the page's own: revokeObjectURL is no CSS.
    expect(page).not.toMatch(/@import|(?<![a-z])url\(|<link|fetch\(|XMLHttpRequest/i);
    // Names of XML languages are no addresses to fetch from.
    const addresses = page
      .replaceAll(/xmlns(:\w+)?="[^"]*"/g, '')
      .replace("'http://www.w3.org/2000/svg'", '');
    expect(addresses).not.toMatch(/https?:/);
  });

  it('forbids itself to fetch anything, and to run anything but its own script', () => {
    const { document } = parseHTML(page);
    const policy = document
      .querySelector('meta[http-equiv="Content-Security-Policy"]')!
      .getAttribute('content')!;
    const hash = createHash('sha256').update(document.querySelector('script')!.textContent!).digest('base64');
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      "style-src 'unsafe-inline'",
      `script-src 'sha256-${hash}'`,
      'img-src data: blob:',
      'media-src data:',
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  it('is small enough to send, and the same every time', () => {
    expect(Buffer.byteLength(page)).toBeLessThan(1_500_000);
    expect(renderReport(results)).toBe(page);
  });

  it('escapes what users wrote, everywhere', () => {
    const evil = `<script>alert("x")</script>'&`;
    const spoiled = spoil(results, evil);
    const html = renderReport(spoiled);
    const { document } = parseHTML(html);
    expect(document.querySelectorAll('script')).toHaveLength(1);
    expect(document.querySelector('script')!.textContent).toContain('beforeprint');
    // Inside an attribute's quotes `<` is harmless; outside of them it would open an element.
    expect(html.replaceAll(/="[^"]*"/g, '')).not.toContain('<script>alert');
    expect(document.querySelector('.kicker b')!.textContent).toBe(evil);
    expect(document.querySelector('.results tbody th')!.textContent).toContain(evil);
    expect(document.querySelector('svg.chart')!.getAttribute('aria-label')).toContain(evil);
    expect(document.querySelector('pre')!.textContent).toContain('<script>');
  });

  it('plays only sound that is inside the page', () => {
    const samples = results.samples.map((sample) => ({ ...sample, audio: 'https://example.org/a.wav' }));
    expect(renderReport({ ...results, samples })).not.toContain('example.org');
  });

  it('leaves clips out that would make it too large, and says so', () => {
    const audio = `data:audio/wav;base64,${'A'.repeat(400_000)}`;
    const samples = results.samples.map((sample) => ({ ...sample, audio }));
    const html = renderReport({ ...results, samples });
    expect(Buffer.byteLength(html)).toBeLessThan(1_500_000);
    expect(html).toContain('2 longer clips left out');
  });
});

/** The same results with every text that a user can choose replaced. */
function spoil(original: ComparisonResults, evil: string): ComparisonResults {
  return {
    ...original,
    name: evil,
    createdAt: evil,
    config: { [evil]: evil },
    environment: { [evil]: evil },
    target: { ...original.target, column: evil, classes: original.target.classes.map((name) => evil + name) },
    tasks: [{ ...original.tasks[0], name: evil, column: evil, classes: [evil] }],
    split: { ...original.split, description: evil },
    methods: original.methods.map((method) => ({
      ...method,
      id: method.id + evil,
      label: evil + method.label,
      description: evil,
      forgets: method.forgets.map(() => evil),
      objectives: method.objectives.map((objective) => ({ ...objective, forgets: evil })),
    })),
    runs: original.runs.map((run) => ({
      ...run,
      method: run.method + evil,
      tasks: run.tasks.map((task) => ({
        ...task,
        name: evil,
        groups: task.groups.map((group) => ({ ...group, group: evil + group.group })),
      })),
      epochs: run.epochs.map((epoch) => ({
        ...epoch,
        train: { ...epoch.train, objectives: { [evil]: 0.1 } },
      })),
      predictions: run.predictions.map((prediction) => ({
        clip: evil,
        truth: evil + prediction.truth,
        predicted: evil + prediction.predicted,
        orthogonal: { [evil]: evil },
        probabilities: prediction.probabilities,
      })),
    })),
    samples: original.samples.map((sample) => ({ ...sample, id: evil, labels: { [evil]: evil } })),
  };
}
