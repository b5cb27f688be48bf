// "antitransfer-studio": a local page that watches comparisons, plays what a network gets wrong, and looks into its layers.

export { defineStudio } from './command.js';
export { type RunningStudio, type StudioOptions, startStudio } from './server/start.js';
