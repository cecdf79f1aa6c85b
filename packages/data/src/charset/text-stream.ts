/**
 * Bytes of a text file, as they come → text. UTF-16 and ISO-2022-JP are told by the first bytes; anything
 * else is decoded in blocks of whole lines: as UTF-8, and what is none in the encoding that the detector
 * finds for the first that is none. So a file joined of several is read right, and one bad byte costs itself.
 * What is no text at all is refused by its magic number or its control characters.
 */
import { TextDecoder } from '@exodus/bytes/encoding-browser.js';
import { ByteParts } from '../archive/byte-parts.js';
import { concatBytes } from '../archive/concat-bytes.js';
import { binaryFormat } from '../archive/media-type.js';
import { selfEvidentEncoding } from './decode-text.js';
import { resolveLabel } from './encoding-label.js';
import { isNearlyUtf8 } from './utf-evidence.js';

const headBytes = 64 * 1024;
const longestBlock = 1 << 20;
const pieceBytes = 4096;
const newline = 10;
const strictUtf8 = new globalThis.TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lossyUtf8 = new globalThis.TextDecoder('utf-8', { ignoreBOM: true });

export class TextStream {
  /** Why the bytes are no text: known once 64 KiB have been written, or at the end. */
  refusal: string | undefined;
  readonly #pending = new ByteParts();
  #isBegun = false;
  /** Of an encoding in which a line end is no single byte, or of the file's own, which is not UTF-8. */
  #whole: InstanceType<typeof TextDecoder> | undefined;
  #legacy: InstanceType<typeof TextDecoder> | undefined;

  constructor(readonly detect: (bytes: Uint8Array) => string | undefined) {}

  /** The text that is complete with these bytes. They are kept, not copied. */
  write(bytes: Uint8Array): string {
    if (this.refusal !== undefined) return '';
    if (!this.#isBegun) {
      this.#pending.add(bytes);
      return this.#pending.length < headBytes ? '' : this.#begin();
    }
    if (this.#whole !== undefined) return this.#whole.decode(bytes, { stream: true });
    const end = bytes.lastIndexOf(newline) + 1;
    this.#pending.add(bytes.subarray(0, end));
    const rest = bytes.subarray(end);
    if (end > 0) {
      const text = this.#block();
      this.#pending.add(rest);
      return text;
    }
    this.#pending.add(rest);
    return this.#pending.length < longestBlock ? '' : this.#block();
  }

  /** What is left. */
  end(): string {
    const text = this.#isBegun ? '' : this.#begin();
    if (this.refusal !== undefined) return '';
    if (this.#whole !== undefined) return text + this.#whole.decode();
    const bytes = this.#pending.bytes();
    this.#pending.clear();
    return text + this.#decode(bytes) + (this.#legacy?.decode() ?? '');
  }

  #begin(): string {
    this.#isBegun = true;
    const bytes = this.#pending.bytes();
    this.#pending.clear();
    const encoding = selfEvidentEncoding(bytes);
    this.refusal = encoding === undefined || encoding === 'iso-2022-jp' ? refusalOf(bytes) : undefined;
    if (encoding !== undefined && encoding !== 'utf-8') this.#whole = new TextDecoder(encoding);
    return this.write(bytes);
  }

  /** Decodes what is pending but for the start of a character at its end. */
  #block(): string {
    const bytes = this.#pending.bytes();
    this.#pending.clear();
    const whole = bytes.length - startedCharacter(bytes);
    this.#pending.add(bytes.subarray(whole));
    return this.#decode(bytes.subarray(0, whole));
  }

  #decode(bytes: Uint8Array): string {
    const whole = decodeUtf8(bytes);
    if (whole !== undefined) return whole;
    const pieces = piecesOf(bytes).map((piece) => ({ piece, text: decodeUtf8(piece) ?? nearUtf8(piece) }));
    const others = pieces.filter(({ text }) => text === undefined).map(({ piece }) => piece);
    if (this.#legacy === undefined && others.length > 0) {
      const encoding = resolveLabel(this.detect(concatBytes(others)));
      if (encoding !== undefined) this.#legacy = new TextDecoder(encoding);
    }
    return pieces
      .map(
        ({ piece, text }) => text ?? this.#legacy?.decode(piece, { stream: true }) ?? lossyUtf8.decode(piece),
      )
      .join('');
  }
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return undefined;
  }
}

function nearUtf8(bytes: Uint8Array): string | undefined {
  return isNearlyUtf8(bytes) ? lossyUtf8.decode(bytes) : undefined;
}

/** Whole lines, some 4 KiB of them. */
function piecesOf(bytes: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(newline, at + pieceBytes);
    pieces.push(bytes.subarray(at, end < 0 ? bytes.length : end + 1));
    at = end < 0 ? bytes.length : end + 1;
  }
  return pieces;
}

/** Bytes at the end that begin a UTF-8 sequence without ending it. */
function startedCharacter(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte >= 0xc0) return back < (byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4) ? back : 0;
    if (byte < 0x80) return 0;
  }
  return 0;
}

function refusalOf(bytes: Uint8Array): string | undefined {
  const format = binaryFormat(bytes);
  if (format !== undefined) return `a file in the format ${format}, not text`;
  let controls = 0;
  for (const byte of bytes) if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) controls++;
  return controls * 100 > bytes.length ? 'bytes that are no text: control characters all through' : undefined;
}
