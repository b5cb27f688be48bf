import { shellWords } from '../../files/shell-words.js';
import type { JobPrint } from './lines.js';

/** A script for `sbatch`: an array, a job of which does a job of the plan. */
export function slurmScript({ name, command, ids, collect }: JobPrint): string {
  return [
    '#!/bin/bash',
    `#SBATCH --job-name=${label(name)}`,
    `#SBATCH --array=1-${ids.length}`,
    '#SBATCH --nodes=1',
    '#SBATCH --ntasks=1',
    '#SBATCH --cpus-per-task=2',
    '#SBATCH --mem=4G',
    '#SBATCH --time=24:00:00',
    '# Told to end two minutes before its time is over, and when it must make room: it saves, is queued again and goes on.',
    '#SBATCH --signal=B:TERM@120',
    '#SBATCH --requeue',
    '#SBATCH --open-mode=append',
    `#SBATCH --output=${label(name)}-%a.log`,
    '#',
    `# ${ids.length} jobs, those that others wait for first. Submit it with: sbatch FILE. What is done is not done again.`,
    '# When all are done, this makes the tables and reports:',
    `#   ${shellWords(collect)}`,
    'set -euo pipefail',
    '',
    'jobs=(',
    ...ids.map((id) => `  ${id}`),
    ')',
    '',
    'requeue() {',
    '  trap - TERM',
    '  kill -TERM "$child" 2> /dev/null || true',
    '  wait "$child" || true',
    '  scontrol requeue "$SLURM_JOB_ID"',
    '  exit 0',
    '}',
    '',
    `${shellWords(command)} "\${jobs[SLURM_ARRAY_TASK_ID - 1]}" &`,
    'child=$!',
    'trap requeue TERM',
    'wait "$child"',
    '',
  ].join('\n');
}

/** What Slurm takes as a name. */
function label(name: string): string {
  return `antitransfer-${name.replace(/[^\w.-]+/g, '-')}`;
}
