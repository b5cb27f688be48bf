/** What a store does beside a job that is under way. */
export interface Attendance {
  /** Ends it: what the job left behind is safe then, as far as that can be. It never fails. */
  leave(): Promise<void>;
}

/** Of a store that is a folder: what is written there is there. */
export const nothingToLeave: Attendance = { leave: () => Promise.resolve() };
