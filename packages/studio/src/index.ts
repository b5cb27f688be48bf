// "antitransfer-studio": a local page that watches comparisons, plays what a network gets wrong, and looks into its layers.

export { defineStudio } from './command.js';
export { type RunningStudio, startStudio } from './server/start.js';
export type { StudioOptions } from './server/studio-options.js';
