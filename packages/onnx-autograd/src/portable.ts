export { type DifferentiateOptions, differentiate } from './differentiate.js';
export {
  DeviceUnavailableError,
  GraphError,
  NonFiniteLossError,
  OnnxFormatError,
  UnsupportedOperatorError,
} from './errors.js';
export * as expressions from './expressions.js';
export type {
  Attribute,
  Attributes,
  FloatAttribute,
  FloatsAttribute,
  StringsAttribute,
  TensorAttribute,
} from './graph/attributes.js';
export { float } from './graph/attributes.js';
export {
  type CopyOptions,
  copyGraph,
  type DropoutMask,
  type GraphCopy,
  type RewriteNode,
} from './graph/copy.js';
export { Graph, type Node, type NodeOptions, Value, type ValueType } from './graph/graph.js';
export { type Dimension, describeShape, type Shape } from './graph/shape.js';
export { crossEntropy, crossEntropyPerSample } from './losses.js';
export { checkGraph } from './onnx/check.js';
export { type ExportOptions, exportOnnx, withWeights } from './onnx/export.js';
export { type OnnxModel, readOnnx } from './onnx/read.js';
export { type WriteOptions, writeOnnx } from './onnx/write.js';
export { type Operator, operators } from './operators.js';
export { adam, adamw } from './optimizers/adam.js';
export type { AdamSettings, OptimizerSettings, SgdSettings } from './optimizers/optimizer.js';
export {
  type ConstantSchedule,
  type DecaySchedule,
  type Schedule,
  type StepSchedule,
  scheduleFactor,
} from './optimizers/schedule.js';
export { sgd } from './optimizers/sgd.js';
export { Random } from './random.js';
export type { Device, DeviceChoice } from './runtime/device.js';
export { type ElementType, elementCount, float32, int64, type Tensor, type TensorData } from './tensor.js';
export type { EngineOptions, StepResult } from './training/engine.js';
export type { Feeds } from './training/feeds.js';
export {
  type BuilderOptions,
  type IncludeOptions,
  type Program,
  ProgramBuilder,
  type ProgramInput,
  type ProgramMask,
  type TrainingProgram,
} from './training/program.js';
export { readSafetensors, writeSafetensors } from './training/safetensors.js';
export type { SessionOptions } from './training/session.js';
export { readSnapshot, type Snapshot, type StoredSnapshot, writeSnapshot } from './training/snapshot.js';
export { findWeights, type Weights } from './training/weights.js';
