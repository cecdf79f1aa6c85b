/**
 * Whether a file can be what it was given as, told from its first bytes: people name archives and pictures,
 * JSON arrays and tables as what they are not, and each gets its own sentence instead of a corpus in which
 * nothing is kept.
 */
import { constants, gunzipSync } from 'node:zlib';

export type InputKind = 'warc' | 'text' | 'jsonl' | 'csv' | 'parquet' | 'conversations' | 'decontaminate';

/** So much of a file is looked at. */
export const startBytes = 64 * 1024;

export interface GivenContent {
  readonly kind: InputKind;
  /** Of `jsonl`: the field that should hold the text. Default `text`. */
  readonly field?: string | undefined;
  /** Its first `startBytes`. */
  readonly start: Uint8Array;
  /** Of the whole file. */
  readonly bytes: number;
}

/** A sentence that says what it is and what to do, or undefined. */
export function contentProblem({ kind, field, start, bytes }: GivenContent): string | undefined {
  if (kind === 'parquet') return parquetProblem(start);
  // What is in it is said by whoever inflates it.
  if (kind !== 'conversations' && beginsWith(start, zstd)) return undefined;
  const isCompressed = start[0] === 0x1f && start[1] === 0x8b;
  const content = isCompressed ? inflated(start) : Buffer.from(start);
  const foreign = foreignForm(Buffer.from(start)) ?? foreignForm(content);
  if (foreign !== undefined) return foreign;
  // What is wrong inside an archive is counted record by record.
  if (kind === 'warc') return undefined;
  const binary = binaryProblem(content);
  if (binary !== undefined || kind === 'text') return binary;
  if (kind === 'csv') return csvProblem(content, field ?? 'text');
  const isWhole = start.length === bytes && (!isCompressed || content.length < startBytes);
  return jsonProblem(content, isWhole, kind === 'jsonl' ? (field ?? 'text') : undefined);
}

/** As much as the first bytes give; nothing when they are damaged, which is somebody else's to say. */
function inflated(start: Uint8Array): Buffer {
  try {
    return gunzipSync(start, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, startBytes);
  } catch {
    return Buffer.alloc(0);
  }
}

const zstd = '\x28\xb5\x2f\xfd';
const toJsonLines = 'Write it as JSON lines first, for example with';

const forms: readonly (readonly [signature: string, offset: number, sentence: string])[] = [
  ['PAR1', 0, 'it is a Parquet file. Give it as --parquet.'],
  [
    'PK\x03\x04',
    0,
    'it is a ZIP archive (Word, Excel, EPUB and WACZ files are such, too). Unpack it and name what is inside.',
  ],
  ['%PDF-', 0, 'it is a PDF document. Extract its text first, for example with pdftotext.'],
  ['SQLite format 3', 0, `it is an SQLite database. ${toJsonLines} sqlite3 -json.`],
  ['ARROW1', 0, `it is an Arrow file, which is not read. ${toJsonLines} duckdb or pandas.`],
  [zstd, 0, 'it is compressed with Zstandard; only gzip is read. Decompress it first: zstd -d FILE'],
  ['\xfd7zXZ\x00', 0, 'it is compressed with xz; only gzip is read. Decompress it first: xz -d FILE'],
  ['BZh', 0, 'it is compressed with bzip2; only gzip is read. Decompress it first: bzip2 -d FILE'],
  ['\x04\x22\x4d\x18', 0, 'it is compressed with LZ4; only gzip is read. Decompress it first: lz4 -d FILE'],
  ['7z\xbc\xaf\x27\x1c', 0, 'it is a 7z archive. Unpack it and name what is inside.'],
  ['Rar!', 0, 'it is a RAR archive. Unpack it and name what is inside.'],
  ['ustar', 257, 'it is a tar archive. Unpack it (tar -xf FILE) and name what is inside.'],
  ['GGUF', 0, 'it is a model (GGUF), not text.'],
  ['\x89PNG', 0, 'it is a picture (PNG), not text.'],
  ['\xff\xd8\xff', 0, 'it is a picture (JPEG), not text.'],
  ['GIF8', 0, 'it is a picture (GIF), not text.'],
  ['\x7fELF', 0, 'it is a program, not text.'],
];

const beginsWith = (content: Uint8Array, signature: string): boolean =>
  Buffer.from(content.subarray(0, signature.length)).toString('latin1') === signature;

function parquetProblem(start: Uint8Array): string | undefined {
  if (beginsWith(start, 'PAR1')) return undefined;
  return `it is not a Parquet file: it begins ${JSON.stringify(Buffer.from(start.subarray(0, 8)).toString('latin1'))}, and such a file begins "PAR1".`;
}

/** The first line names the columns. */
function csvProblem(content: Buffer, field: string): string | undefined {
  const first = new TextDecoder().decode(content).split(/[\r\n]/, 1)[0] ?? '';
  const names = first.split(/[,\t]/).map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
  if (content.length === 0 || names.includes(field)) return undefined;
  const shown = names.slice(0, 8).map((name) => JSON.stringify(name.slice(0, 40)));
  return `its first line names no column "${field}". Name the column that holds the text with --text-field NAME; there is ${shown.join(', ')}.`;
}

function foreignForm(content: Buffer): string | undefined {
  return forms.find(
    ([signature, offset]) =>
      content.subarray(offset, offset + signature.length).toString('latin1') === signature,
  )?.[2];
}

function binaryProblem(content: Buffer): string | undefined {
  const [first, second] = content;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return utf16;
  const zeros = [0, 0];
  let controls = 0;
  for (const [index, byte] of content.entries()) {
    if (byte === 0) zeros[index % 2]!++;
    if (byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d) && byte !== 0x1b) controls++;
  }
  const [even = 0, odd = 0] = zeros;
  const many = content.length / 5;
  if (even + odd > 0 && Math.min(even, odd) === 0 && Math.max(even, odd) > many) return utf16;
  // A stray one does not make it binary.
  return even + odd > content.length / 1000 || controls > content.length / 20
    ? 'it is a binary file (bytes in it are no text). Name a text file in UTF-8, plain or gzip.'
    : undefined;
}

const utf16 = 'it is UTF-16, and only UTF-8 is read. Convert it first: iconv -f UTF-16 -t UTF-8 FILE';

/**
 * `field`: what every row of documents must have; undefined for conversations and evaluations, whose
 * readers know their forms.
 */
function jsonProblem(content: Buffer, isWhole: boolean, field: string | undefined): string | undefined {
  const text = new TextDecoder().decode(content);
  if (text.trim() === '') return undefined;
  const spread = spreadValue(text);
  if (spread !== undefined) return spread;
  const lines = text.split('\n');
  // The last line of a beginning is cut.
  const whole = (isWhole ? lines : lines.slice(0, -1)).filter((line) => line.trim() !== '');
  const rows = whole.map(rowOf).filter((row) => row !== undefined);
  if (rows.length === 0) return whole.length === 0 && !isWhole ? undefined : noRows(text);
  if (field === undefined || rows.some((row) => typeof row[field] === 'string')) return undefined;
  const others = [
    ...new Set(rows.flatMap((row) => Object.keys(row).filter((key) => typeof row[key] === 'string'))),
  ];
  const advice =
    others.length === 0
      ? 'No field of them holds text.'
      : `Name the field that does with --text-field NAME; there is ${others
          .slice(0, 8)
          .map((key) => `"${key}"`)
          .join(', ')}.`;
  return `none of its first ${rows.length} rows has a text in a field "${field}". ${advice}`;
}

/** One JSON value over many lines, of which some may look like rows. */
function spreadValue(text: string): string | undefined {
  const first = text.trimStart().split('\n', 1)[0]?.trim() ?? '';
  const isOnly = text.trim() === first;
  if (first.startsWith('[') && (isOnly || !isJson(first)))
    return "it is one JSON array, and one object a line is read. Write it so first: jq -c '.[]' FILE > FILE.jsonl";
  if (first === '{')
    return 'it is JSON spread over several lines, and one object a line is read. Write it so first: jq -c . FILE > FILE.jsonl';
  return undefined;
}

function noRows(text: string): string {
  const first = text.trimStart().split('\n', 1)[0] ?? '';
  return `it is not JSON lines: no line of its beginning is a JSON object. It begins ${JSON.stringify(first.slice(0, 60))}.`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function rowOf(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(line) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
