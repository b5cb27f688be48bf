// The entry of a page: a model that was exported, and the microphone. It needs `onnxruntime-web`.
export { UserError } from '../errors.js';
export { type Heard, type HearOptions, hear, type ListenOptions, listen } from './listen.js';
export type { PageCard } from './page-card.js';
export { type OpenModelOptions, openModel, type Recognised, type SpeechModel } from './speech-model.js';
