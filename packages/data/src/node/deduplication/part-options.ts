/** What was asked for of parts of texts: sentences, stretches of bytes; undefined where nothing was. */
import type { DeduplicationOptions } from '../../deduplication/document-keys.js';
import type { SubstringDeduplication } from '../../deduplication/repeated-substrings.js';
import type { SentenceDeduplication } from '../../deduplication/sentence-spans.js';

type Deduplication = DeduplicationOptions | false;

export function sentenceOptions(deduplication: Deduplication): SentenceDeduplication | undefined {
  const { sentences = false } = deduplication || {};
  return sentences === true ? {} : sentences || undefined;
}

export function substringOptions(deduplication: Deduplication): SubstringDeduplication | undefined {
  const { substrings = false } = deduplication || {};
  return substrings === true ? {} : substrings || undefined;
}
