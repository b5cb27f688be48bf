/** The entry in a page: no module of Node. */
export { TrainingSession } from './browser/session.js';
export * from './portable.js';
