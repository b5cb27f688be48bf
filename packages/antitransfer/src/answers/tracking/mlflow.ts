import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { shortDigest } from '../../files/digest.js';
import { makeFolder } from '../../files/make-folder.js';
import { writeWhole } from '../../files/write-whole.js';
import type { TrackedRun } from './tracked-run.js';

/** MLflow's numbers of `RunStatus.FINISHED` and `SourceType.LOCAL`. */
const FINISHED = 3;
const LOCAL = 4;
/** The longest value of a parameter that MLflow takes. */
const LONGEST = 6000;

/**
 * Leaves a training in the folder that MLflow calls a file store (`mlflow ui --backend-store-uri FOLDER`; newer versions want `MLFLOW_ALLOW_FILE_STORE=true`): an experiment a
 * comparison, with files for what was set and measured. The same training is the same run again.
 *
 * @returns the folder of the run
 */
export async function writeMlflow(folder: string, run: TrackedRun): Promise<string> {
  const experiment = experimentId(run.comparison);
  const id = shortDigest(run.comparison, '\n', run.name);
  const own = join(folder, experiment, id);
  const [started, ended] = [run.started, run.ended].map((seconds) => Math.round(1000 * seconds));
  await writeWhole(
    join(folder, experiment, 'meta.yaml'),
    stringify({
      artifact_location: `./${experiment}`,
      creation_time: started,
      experiment_id: experiment,
      last_update_time: ended,
      lifecycle_stage: 'active',
      name: run.comparison,
    }),
  );
  await writeWhole(
    join(own, 'meta.yaml'),
    stringify({
      artifact_uri: `./${experiment}/${id}/artifacts`,
      end_time: ended,
      entry_point_name: '',
      experiment_id: experiment,
      lifecycle_stage: 'active',
      run_id: id,
      run_name: run.name,
      run_uuid: id,
      source_name: '',
      source_type: LOCAL,
      source_version: '',
      start_time: started,
      status: FINISHED,
      tags: [],
      user_id: '',
    }),
  );
  const files = [
    ...[...run.parameters].map(
      ([name, value]) => ['params', mlflowName(name), value.slice(0, LONGEST)] as const,
    ),
    ...Object.entries({
      'mlflow.runName': run.name,
      'mlflow.source.name': 'antitransfer',
      title: run.title,
    }).map(([name, value]) => ['tags', name, value] as const),
    ...[...run.metrics].map(([name, values]) => {
      const lines = values.map(({ time, value, step }) => `${Math.round(1000 * time)} ${value} ${step}\n`);
      return ['metrics', mlflowName(name), lines.join('')] as const;
    }),
  ];
  const written = files.map(([kind, name, content]) => ({ path: join(own, kind, name), content }));
  for (const above of new Set(written.map(({ path }) => dirname(path)))) await makeFolder(above);
  // Each waits for the disk, and none for another.
  await Promise.all(written.map(({ path, content }) => writeWhole(path, content)));
  await makeFolder(join(own, 'artifacts'));
  return own;
}

/** Eighteen digits, as MLflow gives, by the comparison's name. */
function experimentId(comparison: string): string {
  const digits = BigInt(`0x${shortDigest(comparison).slice(0, 15)}`) % 10n ** 17n;
  return String(10n ** 17n + digits);
}

/** Letters, digits, `_ - . /` and spaces are what MLflow takes; a slash makes a folder. */
function mlflowName(name: string): string {
  return name.replace(/[^\w\-./ ]/g, '_');
}
