import { comparison } from './comparison.js';
import { curves } from './curves.js';
import type { Resource } from './resource.js';
import { runList } from './run-list.js';

/** What pages may ask for. Each is checked for foreign callers, and exported, by being here. */
export const resources: readonly Resource[] = [runList, comparison, curves];
