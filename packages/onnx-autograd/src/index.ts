/** The entry in Node. */
export * from './portable.js';
export { findDevice } from './runtime/node/find-device.js';
export { loadOnnx } from './runtime/node/load-onnx.js';
export { openProgram } from './runtime/node/open-program.js';
export type { OpenOptions, OpenProgram } from './runtime/open-program.js';
export { TrainingSession } from './sessions/node/session.js';
export { loadSnapshot, saveSnapshot } from './sessions/node/snapshot-folder.js';
