/** The entry in a page: no module of Node. */

export * from './portable.js';
export { TrainingSession } from './sessions/browser/session.js';
