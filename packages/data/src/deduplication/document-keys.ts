/**
 * What a document is compared by: 64-bit keys in buckets. Two documents with the same key in the same bucket
 * are duplicates. MinHash gives a key a bucket; `exact` is one bucket with the hash of the text, for
 * documents that have no signature (texts shorter than a shingle, languages written without blanks) or for
 * all where MinHash is off; `url` is one with the hash of the address.
 */
import { checkChoice, LlmError } from '@llm/core';
import { checkOptions, type OptionKinds } from '../page/check-options.js';
import type { Page } from '../page/page.js';
import { collapseSpace, strip } from '../words/python-text.js';
import { hash32 } from './hashing.js';
import { createMinhasher, type MinhashConfig, minhashKinds } from './minhash.js';
import { checkSubstringDeduplication, type SubstringDeduplication } from './repeated-substrings.js';
import { checkSentenceDeduplication, type SentenceDeduplication } from './sentence-spans.js';

export interface DeduplicationOptions extends MinhashConfig {
  /** Near-duplicates by MinHash. Default true. */
  readonly minhash?: boolean | undefined;
  /** Identical texts (but for white space and Unicode composition). Default true. */
  readonly exact?: boolean | undefined;
  /** Pages of one address (but for scheme, fragment and a last slash). Default false. */
  readonly url?: boolean | undefined;
  /** Spans of sentences that came before in the corpus are cut out. Default false. */
  readonly sentences?: boolean | SentenceDeduplication | undefined;
  /** Stretches of 100 bytes or more that came before are cut out. Default false. */
  readonly substrings?: boolean | SubstringDeduplication | undefined;
  /** `first` keeps the first document of a cluster, `none` drops all of it. Default `first`. */
  readonly keep?: 'first' | 'none' | undefined;
  /**
   * Keeps what a later run needs to compare its documents, and their sentences, with these, under
   * `prefix/index/`. Default false.
   */
  readonly index?: boolean | undefined;
  /**
   * Earlier runs with an index: prefixes in the same store, or folders (an absolute path, `file:`, `s3:`,
   * `hf:`). Documents that one of them has are dropped; spans of sentences and stretches of bytes that one
   * has are cut out where `sentences` and `substrings` are asked for (`substrings` read the shards of them).
   */
  readonly earlier?: readonly string[] | undefined;
}

export type KeyKind = 'minhash' | 'exact' | 'url';

export interface KeyMaker {
  /** Kind of each bucket. */
  readonly kinds: readonly KeyKind[];
  /** Two words a bucket; both 0: the document has no key there. */
  keys(page: Pick<Page, 'text' | 'url'>): Uint32Array;
}

const optionKinds: OptionKinds<DeduplicationOptions> = {
  ...({ minhash: 'boolean', exact: 'boolean', url: 'boolean', keep: 'text', index: 'boolean' } as const),
  ...({
    sentences: 'boolean|object',
    substrings: 'boolean|object',
    earlier: 'list',
    ...minhashKinds,
  } as const),
};
const sentenceKinds: OptionKinds<SentenceDeduplication> = {
  ...({ sentencesPerSpan: 'any', unit: 'any', minimumWords: 'any', minimumSentences: 'any' } as const),
  minimumSpanWords: 'any',
  onlyEarlier: 'boolean',
};
const substringKinds: OptionKinds<SubstringDeduplication> = {
  ...({ minimumBytes: 'any', keep: 'any', minimumWords: 'any' } as const),
};

/** Throws `data/deduplication-invalid` for options that are unknown or leave nothing to compare by. */
export function createKeyMaker(options: DeduplicationOptions = {}): KeyMaker {
  checkOptions('The deduplication', options, optionKinds, 'data/deduplication-invalid');
  checkChoice('keep', options.keep, ['first', 'none']);
  const { sentences = false, substrings = false } = options;
  if (typeof sentences === 'object') {
    checkOptions(
      ...([
        'The deduplication of sentences',
        sentences,
        sentenceKinds,
        'data/deduplication-invalid',
      ] as const),
    );
    checkSentenceDeduplication(sentences);
    if (sentences.onlyEarlier === true && (options.earlier ?? []).length === 0)
      throw invalid('cuts out sentences of earlier crawls only (onlyEarlier), and has none in `earlier`', {
        option: 'onlyEarlier',
      });
  }
  if (typeof substrings === 'object') {
    checkOptions(
      ...([
        'The deduplication of substrings',
        substrings,
        substringKinds,
        'data/deduplication-invalid',
      ] as const),
    );
    checkSubstringDeduplication(substrings);
  }
  const config = Object.fromEntries(
    Object.keys(minhashKinds)
      .map((name) => [name, options[name as keyof MinhashConfig]] as const)
      .filter(([, value]) => value !== undefined),
  );
  const idle = Object.keys(config)[0];
  if (options.minhash === false && idle !== undefined)
    throw invalid(`has ${idle}, which is of MinHash, and minhash is off. Leave one of them out`, {
      option: idle,
    });
  const minhasher = options.minhash === false ? undefined : createMinhasher(config);
  const exact = options.exact !== false;
  const url = options.url === true;
  const kinds: KeyKind[] = Array.from({ length: minhasher?.buckets ?? 0 }, () => 'minhash' as const);
  if (exact) kinds.push('exact');
  if (url) kinds.push('url');
  if (kinds.length === 0 && sentences === false && substrings === false)
    throw invalid(
      'has nothing to compare by: minhash, exact and url are off. Give `deduplication: false`',
      {},
    );
  return {
    kinds,
    keys(page) {
      const keys = new Uint32Array(kinds.length * 2);
      const set = (bucket: number, text: string): void => {
        keys[bucket * 2] = hash32(text, 0x243f6a88);
        // No key is 0,0: that says that there is none.
        keys[bucket * 2 + 1] = hash32(text, 0x13198a2e) | Number(keys[bucket * 2] === 0);
      };
      const signature = minhasher?.signature(page.text);
      if (signature !== undefined) {
        keys.set(signature);
        for (let at = 0; at < signature.length; at += 2) if (keys[at] === 0) keys[at + 1] ||= 1;
      }
      if (exact && signature === undefined) {
        const text = comparable(page.text);
        if (text !== '') set(minhasher?.buckets ?? 0, text);
      }
      if (url && page.url !== '') set(kinds.length - 1, comparableUrl(page.url));
      return keys;
    },
  };
}

function comparable(text: string): string {
  return strip(collapseSpace(text.normalize('NFC')));
}

function comparableUrl(text: string): string {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  return `${url.host}${url.pathname.replace(/\/$/, '')}${url.search}`;
}

function invalid(what: string, details: Record<string, string>): LlmError {
  return new LlmError({
    code: 'data/deduplication-invalid',
    message: `The deduplication that was asked for ${what}.`,
    details,
  });
}
