import { csvWriter } from './csv.js';
import { jsonWriter } from './json.js';
import { labelTrackWriter } from './label-track.js';
import { tableWriter } from './table.js';
import type { Asked, PredictionWriter } from './writer.js';

export const predictionFormats = {
  table: tableWriter,
  csv: csvWriter,
  json: jsonWriter,
  labels: labelTrackWriter,
} as const satisfies Record<string, (asked: Asked) => PredictionWriter>;

export type PredictionFormatName = keyof typeof predictionFormats;
