import { registryOf } from '../../registry.js';
import { inlineRunner } from './inline-runner.js';
import { processRunner } from './process-runner.js';
import type { RunnerDefinition } from './runner-definition.js';

/** Who carries jobs out, by the name in `execution.runner`. */
export const runners = registryOf<RunnerDefinition>('runner')(processRunner, inlineRunner);
