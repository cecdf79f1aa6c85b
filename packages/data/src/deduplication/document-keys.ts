/**
 * What a document is compared by: 64-bit keys in buckets. Two documents with the same key in the same bucket
 * are duplicates. MinHash gives a key a bucket; `exact` is one bucket with the hash of the text, for
 * documents that have no signature (texts shorter than a shingle, languages written without blanks) or for
 * all where MinHash is off; `url` is one with the hash of the address.
 */
import { LlmError } from '@llm/core';
import type { Page } from '../page/page.js';
import { collapseSpace, strip } from '../words/python-text.js';
import { hash32 } from './hashing.js';
import { createMinhasher, type MinhashConfig } from './minhash.js';
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
   * Keeps what a later run needs to compare its documents with these, under `prefix/index/`. Default false.
   */
  readonly index?: boolean | undefined;
  /** Prefixes in the same store of earlier runs with an index: documents that one of them has are dropped. */
  readonly earlier?: readonly string[] | undefined;
}

export type KeyKind = 'minhash' | 'exact' | 'url';

export interface KeyMaker {
  /** Kind of each bucket. */
  readonly kinds: readonly KeyKind[];
  /** Two words a bucket; both 0: the document has no key there. */
  keys(page: Pick<Page, 'text' | 'url'>): Uint32Array;
}

const known = [
  ...['minhash', 'exact', 'url', 'sentences', 'substrings', 'keep', 'index', 'earlier'],
  ...['wordsPerShingle', 'buckets', 'hashesPerBucket', 'seed', 'hashes'],
];

const sentenceOptionNames = 'sentencesPerSpan unit minimumWords minimumSentences minimumSpanWords'.split(' ');
const substringOptionNames = ['minimumBytes', 'keep', 'minimumWords'];

/** Throws `data/deduplication-invalid` for options that are unknown or leave nothing to compare by. */
export function createKeyMaker(options: DeduplicationOptions = {}): KeyMaker {
  refuseUnknown(undefined, options, known);
  const { sentences = false, substrings = false } = options;
  if (typeof sentences === 'object') {
    refuseUnknown('sentences', sentences, sentenceOptionNames);
    checkSentenceDeduplication(sentences);
  }
  if (typeof substrings === 'object') {
    refuseUnknown('substrings', substrings, substringOptionNames);
    checkSubstringDeduplication(substrings);
  }
  const minhasher = options.minhash === false ? undefined : createMinhasher(options);
  const exact = options.exact !== false;
  const url = options.url === true;
  const kinds: KeyKind[] = Array.from({ length: minhasher?.buckets ?? 0 }, () => 'minhash' as const);
  if (exact) kinds.push('exact');
  if (url) kinds.push('url');
  const comparesDocuments = options.index === true || options.earlier !== undefined;
  if (kinds.length === 0 && (comparesDocuments || (sentences === false && substrings === false)))
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

function refuseUnknown(of: string | undefined, options: object, names: readonly string[]): void {
  const strange = Object.keys(options).find((name) => !names.includes(name));
  if (strange === undefined) return;
  const where = of === undefined ? '' : ` for ${of}`;
  throw invalid(`has no option "${strange}"${where}. It has ${names.join(', ')}`, { option: strange });
}

function invalid(what: string, details: Record<string, string>): LlmError {
  return new LlmError({
    code: 'data/deduplication-invalid',
    message: `The deduplication that was asked for ${what}.`,
    details,
  });
}
