/** The entry in Node. */
export { TrainingSession } from './node/session.js';
export { loadSnapshot, saveSnapshot } from './node/snapshot-folder.js';
export * from './portable.js';
