import { programThatWasSent, programToSend, type SentProgram } from '../programs/sent-program.js';
import type { EngineOptions } from './engine.js';

/** What a training needs, as plain data for the thread that it runs in. */
export type SentOptions = Omit<EngineOptions, 'programs'> & {
  readonly programs: Readonly<Record<string, SentProgram>>;
};

/** Options as plain data, and the memory in them that can be handed over. */
export function optionsToSend({ programs, ...options }: EngineOptions): {
  readonly sent: SentOptions;
  readonly transfer: ArrayBuffer[];
} {
  const sent = Object.entries(programs).map(([name, program]) => [name, programToSend(program)] as const);
  return {
    sent: { ...options, programs: Object.fromEntries(sent) },
    transfer: sent.map(([, { model }]) => model.buffer as ArrayBuffer),
  };
}

/** Options that crossed from a thread. */
export function optionsThatWereSent({ programs, ...options }: SentOptions): EngineOptions {
  const received = Object.entries(programs).map(([name, sent]) => [name, programThatWasSent(sent)] as const);
  return { ...options, programs: Object.fromEntries(received) };
}
