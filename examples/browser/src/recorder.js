// Hands the microphone's samples to the page as they come. It runs where sound is computed, and is loaded as it is.
registerProcessor(
  'recorder',
  class extends AudioWorkletProcessor {
    process([[samples]]) {
      if (samples) this.port.postMessage(samples.slice());
      return true;
    }
  },
);
