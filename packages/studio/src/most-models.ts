/** Models that are asked at once about a recording: more take long, and would hold up everybody else. */
export const MOST_MODELS = 12;
