import { realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import { methodsOf, paths, repetitionName } from 'antitransfer/runs';
import { isBelow } from '../catalogue/scan.js';
import type { Comparison } from '../comparisons/comparison.js';
import type { OfferedModel } from '../views/try.js';

/** A model of a comparison and its file. */
export interface ModelFile extends OfferedModel {
  readonly path: string;
}

/**
 * The models that a comparison has left, a method and repetition after another. They are looked for by what the comparison is
 * known to hold, never by a name that somebody asked for; links out of its folder are not followed.
 */
export async function offeredModels(comparison: Comparison): Promise<ModelFile[]> {
  const { methods, repetitions, experiment } = await comparison.index();
  const described = new Map(methodsOf(experiment).map(({ id, label }) => [id, label ?? id]));
  const files = methods.flatMap(({ of, repetition }): ModelFile[] => {
    const found = repetitions[repetition];
    if (found === undefined) return [];
    const key = { seed: found.seed, fold: found.fold ?? undefined };
    const path = paths.model(comparison.folder, of, key);
    return [
      {
        id: basename(path, '.onnx'),
        method: of,
        label: described.get(of) ?? of,
        repetition: repetitionName(key),
        path,
      },
    ];
  });
  const folder = await realpath(comparison.folder);
  const there = await Promise.all(files.map(({ path }) => isBelow(folder, path)));
  return files.filter((_, at) => there[at]);
}
