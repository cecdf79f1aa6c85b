import type { DataInput, InputItem, InputLimits } from './data-input.js';
import { readCsv } from './read-csv.js';
import { readJsonLines } from './read-json-lines.js';
import { readParquet } from './read-parquet.js';
import { readTexts } from './read-texts.js';
import { readWarcPages } from './read-warc-pages.js';

/** One input file → its items in file order. */
export function readInput(
  { kind, path, field = 'text' }: DataInput,
  limits: InputLimits,
  onBytes: (bytes: number) => void,
): AsyncGenerator<InputItem> {
  if (kind === 'warc') return readWarcPages(path, limits, onBytes);
  if (kind === 'jsonl') return readJsonLines(path, field, limits, onBytes);
  if (kind === 'csv') return readCsv(path, field, limits, onBytes);
  if (kind === 'parquet') return readParquet(path, field, limits, onBytes);
  return readTexts(path, limits, onBytes);
}
