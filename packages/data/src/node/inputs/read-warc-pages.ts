import { isPageRecord, readPage } from '../../archive/read-page.js';
import { decompressContent } from '../archive/content-coding.js';
import { readArchive } from '../archive/read-archive.js';
import { detectCharset } from '../charset/detect-charset.js';
import { damagedItem } from './damaged-item.js';
import type { InputItem, InputLimits } from './data-input.js';

/** The pages of a WARC or ARC file. */
export async function* readWarcPages(
  path: string,
  limits: InputLimits,
  onBytes: (bytes: number) => void,
): AsyncGenerator<InputItem> {
  const maxPageBytes = limits.maxPageBytes ?? 16 * 1024 * 1024;
  const pageOptions = {
    decompress: (bytes: Uint8Array, coding: string) => decompressContent(bytes, coding, maxPageBytes),
    detectCharset,
  };
  for await (const item of readArchive(path, { maxRecordBytes: maxPageBytes, reuseBlocks: true, onBytes })) {
    if (item.kind === 'damage') {
      yield damagedItem(item.damage);
      continue;
    }
    const { record } = item;
    const recordType = record.type === '' ? 'untyped' : record.type;
    // Requests, metadata and the like are about pages; a revisit is a page whose content lies elsewhere.
    if (isPageRecord(record) || record.type === 'revisit')
      yield { ...readPage(record, pageOptions), recordType };
    else yield { kind: 'no-page', recordType };
  }
}
