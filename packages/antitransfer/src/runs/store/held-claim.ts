import type { Holder } from './claim.js';

/** A claim that this process holds, wherever claims are kept. */
export interface HeldClaim {
  /** Aborts when another process has taken this one for dead: the claim is the other's. */
  readonly lost: AbortSignal;
  /** Gives it up. */
  release(): Promise<void>;
}

/** Whether a claim was taken; else it is somebody's. */
export function isTaken(claim: HeldClaim | Holder): claim is HeldClaim {
  return 'release' in claim;
}
