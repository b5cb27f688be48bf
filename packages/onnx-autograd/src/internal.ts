/**
 * The entry `onnx-autograd/internal`: for packages that are released together with this one. Nothing here is promised: a
 * name may go or change its meaning in any release.
 */
export { firstOf } from './building/copy.js';
export { hasTrait, isOperator, knownOperator } from './operators/catalogue.js';
export type { Trait } from './operators/facts.js';
export { matchesAny } from './patterns.js';
export { bindFeeds } from './programs/feeds.js';
export { devices } from './runtime/device.js';
export { snapshotTensors } from './sessions/snapshot.js';
