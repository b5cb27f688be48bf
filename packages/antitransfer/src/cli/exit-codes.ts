/** What the command line ends with; documented in docs/cli.md. */
export const exitCodes = {
  done: 0,
  /** Done, and something is wrong that the output lists: files that cannot be read or have no answer. */
  problems: 1,
  /** Not done: an argument, a configuration or a file is not as it must be, or the system refuses. The message says what to do. */
  refused: 2,
  /** A mistake of ours. */
  bug: 70,
  /** Stopped by Ctrl-C or a signal to end; what is done stays. */
  interrupted: 130,
} as const;
