/** The name by which a node asks for it. */
export const captureName = 'antitransfer-capture';

/**
 * What runs in the browser's audio thread: it averages channels and hands samples on, some twenty milliseconds at once.
 * Where nothing comes, silence does. As text, so that it needs no file that a bundler would have to find.
 */
export const captureSource = `
class Capture extends AudioWorkletProcessor {
  samples = new Float32Array(1024);
  filled = 0;
  process([channels]) {
    const length = channels[0]?.length ?? 128;
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (const channel of channels) sum += channel[i];
      this.samples[this.filled++] = channels.length > 0 ? sum / channels.length : 0;
      if (this.filled < this.samples.length) continue;
      this.port.postMessage(this.samples, [this.samples.buffer]);
      this.samples = new Float32Array(1024);
      this.filled = 0;
    }
    return true;
  }
}
registerProcessor('${captureName}', Capture);
`;
