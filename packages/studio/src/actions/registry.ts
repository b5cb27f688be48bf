import type { Action } from './action.js';
import { hear } from './hear.js';
import { keep } from './keep.js';

/** What pages may have done. Each is checked for foreign callers by being here. */
export const actions: readonly Action[] = [hear, keep];
