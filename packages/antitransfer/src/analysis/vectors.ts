/** One vector for each clip, all of one length: `(n, features)`. Rows of a tensor are `data.subarray(...)`. */
export type Vectors = readonly ArrayLike<number>[];

/**
 * The vectors as float64, each feature with mean 0 over the vectors.
 *
 * @throws RangeError when the vectors are not of one length
 */
export function centred(vectors: Vectors): Float64Array[] {
  const means = featureMeans(vectors);
  return vectors.map((vector) => means.map((mean, feature) => vector[feature]! - mean));
}

/**
 * @param what looks at them, for the message
 * @throws RangeError when a feature is NaN or infinite
 */
export function requireFinite(vectors: Vectors, what: string): void {
  for (const [index, vector] of vectors.entries()) {
    for (let feature = 0; feature < vector.length; feature++) {
      if (Number.isFinite(vector[feature])) continue;
      throw new RangeError(
        `Feature ${feature} of vector ${index} is ${vector[feature]}; ${what} needs finite numbers.`,
      );
    }
  }
}

/** Mean of each feature over the vectors. */
export function featureMeans(vectors: Vectors): Float64Array {
  const means = new Float64Array(vectors[0]?.length ?? 0);
  for (const [index, vector] of vectors.entries()) {
    if (vector.length !== means.length) {
      throw new RangeError(`Vector ${index} has ${vector.length} features, the first has ${means.length}.`);
    }
    for (let feature = 0; feature < means.length; feature++)
      means[feature]! += vector[feature]! / vectors.length;
  }
  return means;
}
