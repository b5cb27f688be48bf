import { describe, expect, it } from 'vitest';
import { analysisText } from '../../src/cli/analysis-text.js';
import { controlledLayers } from '../answers/layers/controlled-layers.js';

const layers = controlledLayers();
const text = analysisText(layers, 80);
const blocks = text.split('\n\n');
const block = (title: string) => blocks.find((one) => one.startsWith(title)) ?? expect.fail(title);

describe('an analysis on the terminal', () => {
  it('fits its width', () => {
    const taps = Array.from({ length: 16 }, (_, i) => `conv${i}_1`);
    const results = taps.flatMap((tap) =>
      layers.results.filter((one) => one.tap === 'conv1').map((one) => ({ ...one, tap })),
    );
    for (const line of analysisText({ ...layers, taps, results }, 80).split('\n'))
      expect(line.length).toBeLessThanOrEqual(80);
  });

  it('says what is right by chance, and what the perceptron reads where it was asked', () => {
    expect(block('speaker: Linear probe, % (chance 25.0)')).toMatch(/no transfer +50\.0 +50\.0/);
    expect(block('speaker: Non-linear probe, % (chance 25.0)')).toMatch(/no transfer +60\.0 +60\.0/);
    const results = layers.results.map(({ mlp: _, ...one }) => one);
    expect(analysisText({ ...layers, results }, 80)).not.toContain('Non-linear');
  });

  it.each(['Unbiased CKA', 'Squared cosine of Gram matrices'])('has %s with its controls', (measure) => {
    expect(block(`speaker: ${measure}`).replaceAll(/ +/g, ' ')).toContain(
      ' no transfer 0.80 0.80\n · “another-seed” network 0.82 0.82\n · room network 0.81 0.81\n CKA 0.05',
    );
    expect(block(`speaker: ${measure}`).replaceAll(/ +/g, ' ')).toContain(
      ' shuffled clips 0.03 0.03\n untrained network 0.50 0.50\n',
    );
  });

  it('shows what tasks of one label have in common once', () => {
    expect(text.match(/: Linear probe, %/g)).toHaveLength(2);
    expect(text).not.toContain('another-seed: ');
    expect(text).toContain('“another-seed” has the label and the clips of the speaker');
  });
});
