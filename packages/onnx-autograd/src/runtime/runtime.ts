import type { Tensor as HeldTensor, InferenceSession, TensorConstructor } from 'onnxruntime-common';
import type { Graph } from '../building/graph.js';
import type { Tensor } from '../tensor.js';
import type { Device } from './device.js';

/** A tensor of ONNX Runtime: numbers in memory, or memory on the device that is not read until asked for. */
export type { HeldTensor };

/** One of ONNX Runtime's packages, as far as it is used here. */
export interface OrtModule {
  /**
   * Compiles a graph, or the bytes of a model as they are.
   *
   * @param fedWeights whether weights are fed: a processor then has a faster form of the graph (Node only).
   */
  compile(
    what: Graph | Uint8Array,
    options: InferenceSession.SessionOptions,
    fedWeights: boolean,
  ): Promise<InferenceSession>;
  readonly Tensor: TensorConstructor;
  readonly web?: WebBuild;
}

/** What a page has loaded of ONNX Runtime. */
export interface WebBuild {
  /** How many threads WebAssembly has. */
  readonly threads: number;
  /** Whether it is the larger build, which has WebGPU too. */
  readonly withWebGpu: boolean;
}

/** Where ONNX Runtime comes from on one platform. */
export interface Runtime {
  /** The devices that it may have, those first that are likely to be fast. */
  readonly devices: readonly Device[];
  /** What is taken when nothing is asked for. */
  readonly preferred: Device | 'auto';
  /** Why a device cannot be had here, as far as that is known without opening it in this process. */
  missing(device: Device): Promise<string | undefined>;
  /** Loads one build of ONNX Runtime that serves these devices. */
  load(devices: readonly Device[], options: LoadOptions): Promise<OrtModule>;
}

export interface LoadOptions {
  /** Threads inside one operator; when absent all cores, in a page four at most. */
  readonly threads?: number;
  /** Browser only: the folder of ONNX Runtime's `.wasm` files, when the bundler did not place them. */
  readonly wasmPaths?: string;
  /** Browser only: whether the build is loaded that has WebGPU too; by the devices that are asked for when absent. */
  readonly withWebGpu?: boolean;
  /** Node only: a folder that keeps compiled programs. */
  readonly compiledCache?: string;
}

export interface CompileOptions {
  /** Names of the outputs that are to stay on the device. */
  readonly kept?: readonly string[];
  /**
   * Whether weights are fed, so that they can move. ONNX Runtime lays convolutions with constant weights out in blocks, but
   * those with other weights it would only interrupt by rearranging what lies between them.
   */
  readonly fedWeights?: boolean;
  /** Node only: how the name of a file begins to which ONNX Runtime writes, on release, what it has executed. */
  readonly trace?: string;
}

/** A device that was tried and works. */
export interface OpenDevice {
  readonly device: Device;
  readonly web?: WebBuild;
  /** Compiles a graph in the form that the device can run, or the bytes of a model as they are. */
  compile(what: Graph | Uint8Array, options?: CompileOptions): Promise<Executable>;
}

/** A graph that is ready to run. */
export interface Executable {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  run(
    feeds: Readonly<Record<string, Tensor | HeldTensor>>,
    outputs: readonly string[],
  ): Promise<Readonly<Record<string, HeldTensor>>>;
  release(): Promise<void>;
}
