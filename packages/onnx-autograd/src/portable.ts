export { type DifferentiateOptions, differentiate } from './backward/differentiate.js';
export {
  type CopyOptions,
  type CopyTarget,
  copyGraph,
  type GraphCopy,
  type RewriteNode,
} from './building/copy.js';
export * as expressions from './building/expressions.js';
export { Graph } from './building/graph.js';
export {
  type BinaryCrossEntropyOptions,
  binaryCrossEntropy,
  binaryCrossEntropyPerElement,
  type CrossEntropyOptions,
  type CtcOptions,
  crossEntropy,
  crossEntropyPerSample,
  ctcLoss,
  ctcLossPerSample,
  type FocalOptions,
  focalLoss,
  focalLossPerSample,
} from './building/losses/index.js';
export {
  AutogradError,
  type AutogradErrorName,
  DeviceUnavailableError,
  GraphError,
  NonFiniteLossError,
  OnnxFormatError,
  UnsupportedOperatorError,
} from './errors.js';
export type {
  Attribute,
  Attributes,
  Body,
  BodyAttribute,
  BodyNode,
  BodyValue,
  FloatAttribute,
  FloatsAttribute,
  StringsAttribute,
  TensorAttribute,
} from './graph/attributes.js';
export { float } from './graph/attributes.js';
export { type Dimension, describeShape, type Shape } from './graph/shape.js';
export {
  type GraphBuilder,
  type Node,
  type NodeOptions,
  sizeAt,
  type Value,
  type ValueType,
  type WeightRole,
} from './graph/value.js';
export type { LabelRange } from './labels.js';
export { checkGraph } from './onnx/check.js';
export { type ExportOptions, exportOnnx, withWeights } from './onnx/export.js';
export type { ExternalData } from './onnx/external-data.js';
export { foreignFile } from './onnx/foreign-file.js';
export type { InputsThatAreKnown } from './onnx/known-inputs.js';
export { externalFiles, type OnnxModel, type ReadOptions, readOnnx } from './onnx/read.js';
export { type WriteOptions, writeOnnx } from './onnx/write.js';
export { type Operator, operators } from './operators/catalogue.js';
export { adam, adamw } from './optimizers/adam.js';
export type { ClippingSettings } from './optimizers/clipping.js';
export type { AdamSettings, OptimizerSettings, SgdSettings } from './optimizers/optimizer.js';
export type { PlateauState } from './optimizers/plateau.js';
export {
  type ConstantSchedule,
  type DecaySchedule,
  type MilestoneSchedule,
  type OneCycleSchedule,
  type PlateauSchedule,
  type Schedule,
  type StepSchedule,
  scheduleFactor,
} from './optimizers/schedule.js';
export { sgd } from './optimizers/sgd.js';
export { type DropoutMask, type TrainingMode, trainingMode } from './passes/training-mode.js';
export {
  type BuilderOptions,
  type IncludeOptions,
  ProgramBuilder,
  type ProgramOptions,
  type TrainingProgramOptions,
} from './programs/builder.js';
export type { Feeds } from './programs/feeds.js';
export type {
  FeedsOf,
  OutputsOf,
  Program,
  ProgramInput,
  ProgramMask,
  TrainingProgram,
} from './programs/program.js';
export { findWeights, type Weights } from './programs/weights.js';
export { Random } from './random.js';
export type { Device, DeviceChoice } from './runtime/device.js';
export type { EngineOptions, Programs } from './sessions/engine.js';
export { readSafetensors, writeSafetensors } from './sessions/safetensors.js';
export type { SessionOptions, TrainedWeights, TrainingNames } from './sessions/session.js';
export {
  readSnapshot,
  type Snapshot,
  type SnapshotNumbers,
  type StoredSnapshot,
  writeSnapshot,
} from './sessions/snapshot.js';
export type { AccumulatedStepResult, StepResult } from './sessions/step-result.js';
export { type ElementType, elementCount, float32, int64, type Tensor, type TensorData } from './tensor.js';
