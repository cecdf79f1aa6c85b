/**
 * Byte-pair encoding (Sennrich et al. 2016) of bytes, as GPT-2, or of characters, as SentencePiece. Exact
 * against tiktoken for its vocabularies, against Hugging Face `tokenizers` for trained and imported ones and
 * against llama.cpp for those of GGUF files. Text never becomes a special token unless the caller allows it.
 */
import { LlmError, type Tokenizer } from '@llm/core';
import { byteDecoder, type IdDecoder } from './decode/id-decoder.js';
import { joinTokens } from './decode/join-tokens.js';
import { StreamDecoder } from './decode/stream-decoder.js';
import { AddedTokenMatchers } from './encode/added-token-matchers.js';
import { createEncoder } from './encode/create-encoder.js';
import type { PieceEncoder } from './encode/piece-encoder.js';
import { TokenLocator, type TokenOffsets } from './encode/token-offsets.js';
import { unknownLengthsOf } from './encode/unknown-lengths.js';
import { type AddedToken, type AddedTokenMatcher, textOf } from './vocabulary/added-token.js';
import type { BpeDefinition } from './vocabulary/bpe-definition.js';
import { spaceMark } from './vocabulary/character-vocabulary.js';
import { type TokenBytes, withTokens } from './vocabulary/token-bytes.js';

/** Which added tokens a text may become. */
export interface EncodeOptions {
  /**
   * Special tokens that the text may become: none (default), all, or these. Their text is otherwise encoded
   * as ordinary characters.
   */
  readonly allowSpecial?: boolean | readonly string[] | undefined;
  /**
   * Whether added tokens that are not special are recognised, as in Hugging Face. Default true; false for
   * untrusted text.
   */
  readonly allowAdded?: boolean | undefined;
  /**
   * What stands before the text where it was cut out of a longer one. It matters to tokenizers that put a
   * space before a text: they put none after text, and some none after an added token. Default `nothing`.
   */
  readonly after?: 'nothing' | 'token' | 'text' | undefined;
}

/**
 * A stretch of text with its own trust: the template's `{ text, allowSpecial: true }`, the user's `{ text }`.
 */
export interface Segment extends EncodeOptions {
  readonly text: string;
}

export interface CountOptions extends EncodeOptions {
  /** Stop counting soon after this many; the result is then at least `limit`. Default: count all. */
  readonly limit?: number | undefined;
}

export class BpeTokenizer implements Tokenizer {
  readonly specificationVersion = 'v1';
  readonly vocabularySize: number;
  readonly specialTokens: ReadonlyMap<string, number>;
  /** What the tokenizer was made of; formats write it. */
  readonly definition: BpeDefinition;
  readonly #addedTokens: readonly AddedToken[];
  readonly #specialIds: ReadonlySet<number>;
  /** The texts of added tokens that are no ordinary tokens too. */
  readonly #addedBytes: ReadonlyMap<number, Uint8Array>;
  readonly #matchers: AddedTokenMatchers;
  #encoder: PieceEncoder | undefined;
  #decoded: TokenBytes | undefined;

  constructor(definition: BpeDefinition) {
    this.definition = definition;
    this.#addedTokens = definition.addedTokens ?? [];
    this.#matchers = new AddedTokenMatchers(definition);
    const specials = this.#addedTokens.filter(({ special }) => special !== false);
    this.specialTokens = new Map(specials.map(({ content, id }) => [content, id]));
    // A token that is an ordinary one too stands for its bytes.
    const pure = this.#addedTokens.filter(({ id }) => !isOrdinary(definition.tokens, id));
    this.#specialIds = new Set(pure.filter(({ special }) => special !== false).map(({ id }) => id));
    const encoder = new TextEncoder();
    const { characters } = definition;
    const written = (token: AddedToken): string => {
      const text = textOf(token);
      return characters?.marksSpaces ? text.replaceAll(spaceMark, ' ') : text;
    };
    this.#addedBytes = new Map(pure.map((token) => [token.id, encoder.encode(written(token))]));
    this.vocabularySize = this.#addedTokens.reduce(
      (size, { id }) => Math.max(size, id + 1),
      definition.tokens.offsets.length - 1,
    );
  }

  encode(text: string, options?: EncodeOptions): Int32Array {
    const encoder = this.#startEncoder();
    this.#encodeInto(encoder, text, options, Number.POSITIVE_INFINITY);
    return encoder.take();
  }

  /** One text in segments: no token spans two. */
  encodeSegments(segments: readonly Segment[]): Int32Array {
    const encoder = this.#startEncoder();
    this.#encodeSegmentsInto(encoder, segments, Number.POSITIVE_INFINITY);
    return encoder.take();
  }

  encodeBatch(texts: Iterable<string>, options?: EncodeOptions): Int32Array[] {
    return Array.from(texts, (text) => this.encode(text, options));
  }

  /** How many ids `encode` gives, without making a list of them. Throws only what `encode` throws. */
  countTokens(text: string | readonly Segment[], options: CountOptions = {}): number {
    const encoder = this.#startEncoder();
    const limit = options.limit ?? Number.POSITIVE_INFINITY;
    encoder.countOnly = true;
    try {
      if (typeof text === 'string') this.#encodeInto(encoder, text, options, limit);
      else this.#encodeSegmentsInto(encoder, text, limit);
      return encoder.total;
    } finally {
      encoder.countOnly = false;
    }
  }

  /**
   * A beginning of `text` that ends on a character and has at most `limit` tokens: as long as whole tokens of
   * the full text allow, or a little shorter where the text so cut has more tokens than were kept. With a
   * normalizer, of the normalized text.
   */
  truncate(text: string, limit: number, options?: EncodeOptions): { text: string; tokens: number } {
    const total = this.countTokens(text, { ...options, limit: limit + 1 });
    if (total <= limit) return { text, tokens: total };
    const { text: located, starts, ends } = this.#locate(text, options, limit + 1);
    for (let kept = limit, step = 1; kept > 0; kept -= step, step *= 2) {
      // A token that ends inside a character goes with the character.
      const cut = Math.min(ends[kept - 1]!, starts[kept]!);
      const beginning = located.slice(0, cut);
      const tokens = this.countTokens(beginning, options);
      if (tokens <= limit) return { text: beginning, tokens };
    }
    return { text: '', tokens: 0 };
  }

  /** Ids with their places in the text, in UTF-16 units and in bytes. */
  encodeWithOffsets(text: string, options?: EncodeOptions): TokenOffsets {
    return this.#locate(text, options, Number.POSITIVE_INFINITY);
  }

  decode(ids: ArrayLike<number>): string {
    const { characters } = this.definition;
    const bytes = this.#join(ids);
    if (characters === undefined) return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    return characters.coding.decodeAtOnce(bytes, characters) ?? this.createStreamDecoder().decode(ids);
  }

  /** With the space that was put before the text, if one was. */
  decodeBytes(ids: ArrayLike<number>): Uint8Array {
    return this.#join(ids, this.#specialIds);
  }

  /** A decoder for one stream of ids; independent of any other. */
  createStreamDecoder(): StreamDecoder {
    return new StreamDecoder(
      () => this.#createIdDecoder(),
      (id, index) => this.#checkId(id, index),
    );
  }

  byteLength(id: number): number {
    if (this.#specialIds.has(id)) return 0;
    const added = this.#addedBytes.get(id);
    if (added !== undefined) return added.length;
    const { offsets } = this.definition.tokens;
    return id >= 0 && id < offsets.length - 1 ? offsets[id + 1]! - offsets[id]! : 0;
  }

  /**
   * The bytes of a token; of a special one its text; empty for an unused id. Throws `tokenizer/id-unknown`.
   */
  tokenBytes(id: number): Uint8Array {
    this.#checkId(id, 0);
    const { bytes, offsets } = this.#decodedTokens();
    return bytes.slice(offsets[id]!, offsets[id + 1]!);
  }

  #startEncoder(): PieceEncoder {
    this.#encoder ??= createEncoder(this.definition);
    this.#encoder.restart();
    return this.#encoder;
  }

  #encodeSegmentsInto(encoder: PieceEncoder, segments: readonly Segment[], limit: number): void {
    let after: EncodeOptions['after'] = 'nothing';
    for (const segment of segments) {
      const options = { ...segment, after: segment.after ?? after };
      after = this.#encodeInto(encoder, segment.text, options, limit);
    }
  }

  /**
   * `visit` sees each stretch after it was encoded, whether it is an added token, and how many spaces were
   * put before it. Returns what the text ended with.
   */
  #encodeInto(
    encoder: PieceEncoder,
    text: string,
    options: EncodeOptions | undefined,
    limit: number,
    visit?: (stretch: string, isAdded: boolean, inserted: number) => void,
  ): EncodeOptions['after'] {
    const { normalizer, characters } = this.definition;
    const { spacePrefix } = this.definition.preTokenizer;
    let after = options?.after ?? 'nothing';
    const ordinary = (part: string, prefix = ''): void => {
      if (encoder.total >= limit) return;
      const stretch = characters?.marksSpaces ? part.replaceAll(spaceMark, ' ') : part;
      const hasPrefix = after === 'nothing' || (after === 'token' && spacePrefix === 'every');
      const isPut = spacePrefix !== undefined && hasPrefix && prefix === '' && !stretch.startsWith(' ');
      const inserted = isPut ? ' ' : prefix;
      encoder.encode(inserted + stretch, limit);
      visit?.(stretch, false, inserted.length);
      after = 'text';
    };
    /** `prefix` is put before the part, and belongs to what is found at its beginning. */
    const split = (
      part: string,
      matcher: AddedTokenMatcher | undefined,
      rest: (part: string, prefix?: string) => void,
      prefix = '',
    ): void => {
      if (matcher === undefined) {
        if (part !== '') rest(part, prefix);
        return;
      }
      const from = (start: number): number => Math.max(0, start - prefix.length);
      matcher.split(
        prefix + part,
        (start, end) => rest(part.slice(from(start), from(end)), start === 0 ? prefix : ''),
        (token, start, end) => {
          encoder.push(token.id);
          visit?.(part.slice(from(start), from(end)), true, 0);
          after = 'token';
        },
      );
    };
    if (this.#addedTokens.length === 0 && normalizer === undefined) {
      if (text !== '') ordinary(text);
      return after;
    }
    split(text, this.#matchers.find(options, false), (part) => {
      const normalized = normalizer === undefined ? part : normalizer.normalize(part);
      const prefix = normalized === '' || after === 'text' ? '' : normalizer?.prefix;
      split(normalized, this.#matchers.find(options, true), ordinary, prefix);
    });
    return after;
  }

  /** At least the first `limit` tokens, if there are so many. */
  #locate(text: string, options: EncodeOptions | undefined, limit: number): TokenOffsets {
    const encoder = this.#startEncoder();
    const locator = new TokenLocator();
    const { offsets } = this.definition.tokens;
    const unknownId = this.definition.unknown?.id;
    const unknownLengths = unknownLengthsOf(this.definition);
    encoder.pieces = [];
    try {
      this.#encodeInto(encoder, text, options, limit, (stretch, isAdded, inserted) => {
        if (isAdded) locator.add(stretch);
        else {
          const unknownLength = unknownLengths?.(' '.repeat(inserted) + stretch);
          locator.addPieces(stretch, inserted, encoder.pieces!, (index, byte) => {
            const id = encoder.ids[index]!;
            const length = id === unknownId ? unknownLength!(byte) : 0;
            return length > 0 ? length : offsets[id + 1]! - offsets[id]!;
          });
        }
        encoder.pieces = [];
      });
      return locator.locate(encoder.take());
    } finally {
      encoder.pieces = undefined;
    }
  }

  #decodedTokens(): TokenBytes {
    this.#decoded ??= withTokens(this.definition.tokens, this.#addedBytes);
    return this.#decoded;
  }

  #createIdDecoder(): IdDecoder {
    const { characters } = this.definition;
    if (characters === undefined) return byteDecoder(this.#decodedTokens());
    return characters.coding.createDecoder(this.#decodedTokens(), characters);
  }

  #checkId(id: number, index: number): void {
    if (id >= 0 && id < this.vocabularySize && Number.isInteger(id)) return;
    throw new LlmError({
      code: 'tokenizer/id-unknown',
      message: `There is no token ${id} (at index ${index}): ids go from 0 to ${this.vocabularySize - 1}.`,
      details: { id: Number.isFinite(id) ? id : String(id), index },
    });
  }

  #join(ids: ArrayLike<number>, left?: ReadonlySet<number>): Uint8Array {
    return joinTokens(this.#decodedTokens(), ids, left, (id, index) => this.#checkId(id, index));
  }
}

function isOrdinary({ offsets }: TokenBytes, id: number): boolean {
  return id + 1 < offsets.length && offsets[id + 1]! > offsets[id]!;
}
