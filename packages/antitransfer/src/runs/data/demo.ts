import { join } from 'node:path';
import type { Experiment } from '../config/schema.js';

/** Where a machine keeps the demo corpus of so many takes. */
export function demoFolder(cache: string, takes: number): string {
  return join(cache, `demo-${takes}`);
}

/**
 * The experiment as this machine reads its recordings: those of the demo corpus are in the cache, of which an experiment
 * says nothing.
 */
export function onThisMachine(experiment: Experiment, cache: string): Experiment {
  const { data } = experiment;
  if (data.corpus !== 'demo' || data.path !== null) return experiment;
  return { ...experiment, data: { ...data, path: demoFolder(cache, data.takes) } };
}
