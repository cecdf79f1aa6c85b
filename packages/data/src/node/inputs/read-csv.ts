import { TextStream } from '../../charset/text-stream.js';
import { drop } from '../../page/verdict.js';
import { detectCharset } from '../charset/detect-charset.js';
import { ownBytes } from '../files/inflated-part.js';
import { openInput } from '../files/input-file.js';
import { opensText } from '../files/text-start.js';
import { type CsvRecord, CsvRecords } from './csv-records.js';
import { damagedItem, refusedItem } from './damaged-item.js';
import type { InputItem, InputLimits } from './data-input.js';
import { missingField } from './read-parquet.js';
import { rowPage } from './row-page.js';

/**
 * A page a record of a CSV file whose first record names its columns; `.tsv` files are divided by tabs. A
 * record may span lines. Reasons: `no-text`, `empty-body`, `too-large`, `binary`. Throws
 * `data/field-missing`.
 */
export async function* readCsv(
  location: string,
  field: string,
  limits: InputLimits,
  onBytes: (bytes: number) => void,
): AsyncGenerator<InputItem> {
  const longest = limits.maxPageBytes ?? 16 * 1024 * 1024;
  const records = new CsvRecords(/\.tsv(\.\w+)?(\?.*)?$/i.test(location) ? '\t' : ',', longest * 2);
  let text = new TextStream(detectCharset);
  let isBegun = false;
  const parse = (piece: string): Iterable<CsvRecord> => {
    if (piece === '') return [];
    const own = isBegun ? piece : piece.replace(/^\ufeff/, '');
    isBegun = true;
    return records.push(own);
  };
  let names: readonly string[] | undefined;
  let row = 0;
  function* items(found: Iterable<CsvRecord>): Generator<InputItem> {
    for (const record of found) {
      if (names === undefined) {
        names = record === 'too-large' ? [] : record;
        if (!names.includes(field)) throw missingField(location, field, names);
        continue;
      }
      const place = { row: row++ };
      if (record === 'too-large') {
        yield { ...drop('too-large', { metadata: place }), recordType: 'row' };
        continue;
      }
      const cells = record.map((value, index) => [names?.[index] ?? `column${index + 1}`, value]);
      yield { ...rowPage(Object.fromEntries(cells), field, place, longest), recordType: 'row' };
    }
  }
  for await (const part of openInput(location, opensText, onBytes)) {
    if (part.kind === 'bytes') yield* items(parse(text.write(ownBytes(part))));
    if (text.refusal !== undefined) break;
    if (part.kind !== 'damage') continue;
    yield* items(parse(text.end()));
    text = new TextStream(detectCharset);
    yield damagedItem(part.damage);
  }
  yield* items(parse(text.end()));
  if (text.refusal !== undefined) yield refusedItem(text.refusal);
  yield* items(records.end());
}
