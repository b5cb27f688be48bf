/** jStat ships no types; these are the two functions that statistics.ts calls. */
declare module 'jstat' {
  interface StudentT {
    /** Probability that a Student t variable with `degrees` of freedom is at most `t`. */
    cdf(t: number, degrees: number): number;
    /** The `t` below which lies the share `probability`. */
    inv(probability: number, degrees: number): number;
  }
  const library: { readonly jStat: { readonly studentt: StudentT } };
  export default library;
}
