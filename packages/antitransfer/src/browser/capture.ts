// The microphone alone, without a model: for pages that send its sound elsewhere, or whose policy wants a file.
export { captureSource } from './capture-processor.js';
export { type Capture, type CaptureEvents, capture } from './microphone.js';
