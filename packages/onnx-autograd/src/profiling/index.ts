/** The entry `onnx-autograd/profiling`, in Node: where the time of a program goes. */
export { matrixProductSpeed, type ProfileOptions, profileProgram } from './profile.js';
export type { LayerProfile, OperatorProfile, PhaseTime, Profile } from './summary.js';
