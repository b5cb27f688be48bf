/** Of comparisons that are read together: what is read of all of hundreds at once would be in memory at once. */
const TOGETHER = 8;

/** Does something with each, a few at once; the results in their order. */
export async function fewAtOnce<In, Out>(
  all: readonly In[],
  work: (one: In) => Promise<Out>,
): Promise<Out[]> {
  const results: Out[] = [];
  const left = all.entries();
  const worker = async () => {
    for (const [at, one] of left) results[at] = await work(one);
  };
  await Promise.all(Array.from({ length: TOGETHER }, worker));
  return results;
}
