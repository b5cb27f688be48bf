/** jStat ships no types; these are the functions that are called. */
declare module 'jstat' {
  interface StudentT {
    /** Probability that a Student t variable with `degrees` of freedom is at most `t`. */
    cdf(t: number, degrees: number): number;
    /** The `t` below which lies the share `probability`. */
    inv(probability: number, degrees: number): number;
  }
  interface Beta {
    /** Probability that a beta variable is at most `x`: the regularised incomplete beta function. */
    cdf(x: number, alpha: number, beta: number): number;
    /** The `x` below which lies the share `probability`. */
    inv(probability: number, alpha: number, beta: number): number;
  }
  interface ChiSquare {
    /** The value below which lies the share `probability`. */
    inv(probability: number, degrees: number): number;
  }
  interface Normal {
    /** Probability that a normal variable is at most `x`. */
    cdf(x: number, mean: number, deviation: number): number;
  }
  const library: {
    readonly jStat: {
      readonly normal: Normal;
      readonly studentt: StudentT;
      readonly beta: Beta;
      readonly chisquare: ChiSquare;
    };
  };
  export default library;
}
