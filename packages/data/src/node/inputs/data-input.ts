import type { Page } from '../../page/page.js';
import type { Verdict } from '../../page/verdict.js';

export interface DataInput {
  /**
   * `warc`: WARC or ARC; `text`: plain text; `jsonl`: one JSON object a line; `csv`: its first record names
   * the columns. Each plain, gzip or Zstandard. `parquet`: a Parquet file.
   */
  readonly kind: 'warc' | 'text' | 'jsonl' | 'csv' | 'parquet';
  /** A path, or a URL: `file:`, `https:`, `s3:`, `hf:`. */
  readonly path: string;
  /** Field of a JSON line, or column of a table, that holds the text. Default `text`. */
  readonly field?: string | undefined;
  /**
   * `filter` sends the documents through URL, language and quality filters, `keep` only through
   * deduplication and PII removal. Default: `filter` for `warc`, `keep` for the others, which are
   * somebody's choice already.
   */
  readonly quality?: 'filter' | 'keep' | undefined;
}

export interface InputLimits {
  /** Bytes of an archive record or of its decoded body. Default 16 MiB; longer pages are `too-large`. */
  readonly maxPageBytes?: number | undefined;
  /** A text file is cut at blank lines into documents of at least so many UTF-16 units. Default 20,000. */
  readonly documentCharacters?: number | undefined;
}

/** Every record, line and damaged stretch of a file is one item, so nothing is lost uncounted. */
export type InputItem = {
  /** Type of the archive record, `line`, `text`, `damaged`. */
  readonly recordType: string;
} & (Verdict<{ readonly page: Page }> | { readonly kind: 'no-page' });
