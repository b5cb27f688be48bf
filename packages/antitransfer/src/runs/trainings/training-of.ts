import { DamagedFileError } from '../../files/file-error.js';
import type { TargetJob } from '../store/job.js';
import type { TargetRecord } from '../store/records.js';
import type { Store } from '../store/store.js';

/** A training of the target that is done. @throws DamagedFileError when it is not there any more. */
export async function trainingOf(
  id: string,
  store: Store,
): Promise<{ readonly spec: TargetJob; readonly record: TargetRecord }> {
  const folder = store.job(id);
  const [spec, record] = [await folder.job(), await folder.record()];
  if (spec?.kind === 'target' && record?.kind === 'target') return { spec, record };
  throw new DamagedFileError(folder.spec, 'it is gone, or holds another job');
}
