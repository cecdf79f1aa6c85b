import type { ByteRange } from '../files/input-file.js';
import type { DataInput, InputItem, InputLimits } from './data-input.js';
import { readCsv } from './read-csv.js';
import { readJsonLines } from './read-json-lines.js';
import { readParquet } from './read-parquet.js';
import { readTexts } from './read-texts.js';
import { readWarcPages } from './read-warc-pages.js';

/** One input file, or a range of a WARC file, → its items in file order. */
export function readInput(
  { kind, path, field = 'text' }: DataInput,
  limits: InputLimits,
  onBytes: (bytes: number) => void,
  range?: ByteRange,
): AsyncGenerator<InputItem> {
  if (kind === 'warc') return readWarcPages(path, limits, onBytes, range);
  if (kind === 'jsonl') return readJsonLines(path, field, limits, onBytes);
  if (kind === 'csv') return readCsv(path, field, limits, onBytes);
  if (kind === 'parquet') return readParquet(path, field, limits, onBytes);
  return readTexts(path, limits, onBytes);
}
