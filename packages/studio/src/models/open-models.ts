import type { DeployedModel } from 'antitransfer';
import { keyOf } from '../comparisons/kept-file.js';

/** Models that are kept open: a dozen are compared at most, and each holds its weights. */
const KEPT = 12;

interface OpenModel {
  readonly model: Promise<DeployedModel>;
  /** Questions that wait for an answer. */
  asked: number;
}

/** Keeps the models that were asked last ready to answer; ONNX Runtime is loaded by the first. */
export class OpenModels {
  /** By path and what the file is; the one that was asked last stands last. */
  readonly #open = new Map<string, OpenModel>();

  /** @throws UserError when the file is none of ours or damaged; what the question throws */
  async ask<Answer>(path: string, question: (model: DeployedModel) => Promise<Answer>): Promise<Answer> {
    const name = `${path} ${await keyOf(path)}`;
    const open = this.#open.get(name) ?? { model: openModel(path), asked: 0 };
    this.#open.delete(name);
    this.#open.set(name, open);
    // What could not be opened may be the next time: the machine may have had too many files open.
    open.model.catch(() => this.#open.delete(name));
    open.asked++;
    try {
      return await question(await open.model);
    } finally {
      open.asked--;
      await this.#closeOldest();
    }
  }

  async close(): Promise<void> {
    await this.#closeAll([...this.#open.keys()]);
  }

  async #closeOldest(): Promise<void> {
    const idle = [...this.#open].filter(([, { asked }]) => asked === 0).map(([name]) => name);
    await this.#closeAll(idle.slice(0, Math.max(0, this.#open.size - KEPT)));
  }

  async #closeAll(names: readonly string[]): Promise<void> {
    const models = names.map((name) => this.#open.get(name)?.model);
    for (const name of names) this.#open.delete(name);
    for (const opened of await Promise.allSettled(models)) {
      if (opened.status === 'fulfilled') await opened.value?.close();
    }
  }
}

async function openModel(path: string): Promise<DeployedModel> {
  const { DeployedModel } = await import('antitransfer');
  return DeployedModel.open(path);
}
