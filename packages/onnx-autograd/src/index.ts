/** The entry in Node. */
export { TrainingSession } from './node/session.js';
export { loadSnapshot, saveSnapshot } from './node/snapshot-folder.js';
export * from './portable.js';
export { matrixProductSpeed, type ProfileOptions, profileProgram } from './profiling/profile.js';
export type { LayerProfile, OperatorProfile, PhaseTime, Profile } from './profiling/summary.js';
