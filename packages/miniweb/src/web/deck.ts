/**
 * Which kind of page each index is. The web is dealt in blocks of 200 pages with the same kinds in every
 * block, shuffled by block: 200 pages already hold every kind, a million hold them in the same proportions,
 * and page i needs no other page.
 */
import { createRandom } from '@llm/core';
import type { Charset } from '../charsets/encode-text.js';
import type { ContentKind } from '../content/content-makers.js';
import type { HtmlForm } from '../html/document.js';
import type { EmptyKind } from '../html/empty-documents.js';
import type { JunkKind } from '../junk/junk.js';
import type { ForeignLanguage } from '../languages/foreign-texts.js';

export const blockSize = 200;

export type UrlKind =
  | 'domain'
  | 'subdomain'
  | 'url'
  | 'hard_blacklisted'
  | 'soft_blacklisted'
  | 'blacklisted_subword';
export type ReaderKind =
  | 'redirect'
  | 'not-found'
  | 'pdf'
  | 'png'
  | 'empty-body'
  | 'unknown-charset'
  | 'revisit';

export interface CharsetChoice {
  readonly name: Charset;
  readonly declared: 'header' | 'meta' | 'none';
}

export interface ContentCard {
  readonly type: 'content';
  readonly kind: ContentKind;
  readonly form?: HtmlForm | undefined;
  readonly charset?: CharsetChoice | undefined;
}

export interface ForeignCard {
  readonly type: 'foreign';
  readonly language: ForeignLanguage;
  readonly charset?: CharsetChoice | undefined;
}

export type Card =
  | ContentCard
  | { readonly type: 'mirror'; readonly similarity: number }
  | { readonly type: 'url'; readonly kind: UrlKind }
  | { readonly type: 'reader'; readonly kind: ReaderKind }
  | { readonly type: 'empty'; readonly kind: EmptyKind }
  | { readonly type: 'link-farm' }
  | ForeignCard
  | { readonly type: 'phrase-book' }
  | { readonly type: 'junk'; readonly kind: JunkKind };

const times = <T>(count: number, card: T): T[] => Array.from({ length: count }, () => card);
const content = (
  count: number,
  kind: ContentKind,
  more: Pick<ContentCard, 'form' | 'charset'> = {},
): Card[] => times(count, { type: 'content', kind, ...more });
const junk = (...kinds: readonly JunkKind[]): Card[] => kinds.map((kind) => ({ type: 'junk', kind }));
const foreign = (
  count: number,
  language: ForeignLanguage,
  name?: Charset,
  declared: CharsetChoice['declared'] = 'header',
): Card[] => times(count, { type: 'foreign', language, charset: name && { name, declared } });

/** 113 pages to keep, 87 to drop. */
const deck: readonly Card[] = [
  ...content(9, 'encyclopedia'),
  ...content(8, 'story'),
  ...content(4, 'arithmetic-lesson'),
  ...content(4, 'spelling-lesson'),
  ...content(11, 'questions'),
  ...content(3, 'recipe'),
  ...content(4, 'news'),
  ...content(3, 'forum'),
  ...content(27, 'almanac'),
  ...content(14, 'quiz'),
  ...content(7, 'reading-exercise'),
  ...content(4, 'register'),
  ...content(8, 'word-game'),
  ...content(1, 'encyclopedia', { form: 'broken' }),
  ...content(1, 'story', { form: 'broken' }),
  ...content(1, 'recipe', { form: 'broken' }),
  ...content(1, 'news', { form: 'deep' }),
  ...content(1, 'story', { charset: { name: 'windows-1252', declared: 'header' } }),
  ...content(1, 'encyclopedia', { charset: { name: 'windows-1252', declared: 'meta' } }),
  ...times(1, { type: 'mirror', similarity: 0.3 } as const),
  // Dropped from here on.
  ...times(4, { type: 'mirror', similarity: 1 } as const),
  ...times(2, { type: 'mirror', similarity: 0.97 } as const),
  ...times(1, { type: 'mirror', similarity: 0.94 } as const),
  // Between the certain ones: 0.8, 0.7, 0.6, 0.5 in turn from block to block.
  ...times(1, { type: 'mirror', similarity: 0 } as const),
  ...times(5, { type: 'url', kind: 'domain' } as const),
  ...times(2, { type: 'url', kind: 'subdomain' } as const),
  ...times(1, { type: 'url', kind: 'url' } as const),
  ...times(2, { type: 'url', kind: 'hard_blacklisted' } as const),
  ...times(2, { type: 'url', kind: 'soft_blacklisted' } as const),
  ...times(2, { type: 'url', kind: 'blacklisted_subword' } as const),
  ...times(2, { type: 'reader', kind: 'redirect' } as const),
  ...times(2, { type: 'reader', kind: 'revisit' } as const),
  ...(['not-found', 'pdf', 'png', 'empty-body', 'unknown-charset'] as const).map(
    (kind): Card => ({ type: 'reader', kind }),
  ),
  ...times(2, { type: 'empty', kind: 'boilerplate-only' } as const),
  ...times(2, { type: 'empty', kind: 'script-only' } as const),
  ...times(2, { type: 'link-farm' } as const),
  ...foreign(2, 'de'),
  ...foreign(2, 'fr'),
  ...foreign(2, 'es'),
  ...foreign(1, 'it'),
  ...foreign(1, 'pt'),
  ...foreign(1, 'nl'),
  ...foreign(1, 'ru'),
  ...foreign(1, 'ja'),
  ...foreign(1, 'de', 'windows-1252', 'header'),
  ...foreign(1, 'fr', 'windows-1252', 'meta'),
  ...foreign(1, 'pl', 'iso-8859-2', 'header'),
  ...foreign(1, 'cs', 'iso-8859-2', 'meta'),
  ...foreign(1, 'ru', 'windows-1251', 'meta'),
  ...foreign(1, 'ru', 'windows-1251', 'none'),
  ...foreign(1, 'ja', 'shift_jis', 'meta'),
  { type: 'phrase-book' },
  ...junk(
    'repeated-lines',
    'repeated-lines',
    'repeated-long-line',
    'repeated-2-gram',
    'repeated-3-gram',
    'repeated-4-gram',
  ),
  ...junk(
    'repeated-5-grams',
    'repeated-6-grams',
    'repeated-7-grams',
    'repeated-8-grams',
    'repeated-9-grams',
    'repeated-10-grams',
  ),
  ...junk(
    'too-short',
    'too-short',
    'short-words',
    'long-words',
    'hash-tags',
    'ellipses',
    'bullets-only',
    'broken-off-lines',
    'symbol-soup',
    'no-stop-words',
  ),
  ...junk('lorem-ipsum', 'curly-braces', 'curly-braces', 'few-sentences', 'policy-only'),
  ...junk('unpunctuated-lines', 'short-lines', 'one-line-twice', 'word-list'),
];

/** Mirrors stay behind this position of their block, so that there is always an earlier page to repeat. */
const firstMirror = 40;

/** The cards of one block, in order. */
export function dealBlock(seed: number | string, block: number): readonly Card[] {
  const random = createRandom(seed, 'miniweb-deck', block);
  const cards = random.shuffle([...deck]);
  for (let position = 0; position < firstMirror; position++) {
    let other = position;
    while (isRepeat(cards[other]!)) other = firstMirror + random.integer(blockSize - firstMirror);
    const card = cards[position]!;
    cards[position] = cards[other]!;
    cards[other] = card;
  }
  const middle = [0.8, 0.7, 0.6, 0.5][block % 4]!;
  return cards.map((card): Card => {
    if (card.type === 'mirror' && card.similarity === 0) return { type: 'mirror', similarity: middle };
    return card;
  });
}

/** Repeats an earlier page, so it cannot come first. */
export function isRepeat(card: Card): boolean {
  return card.type === 'mirror' || (card.type === 'reader' && card.kind === 'revisit');
}

/** Once in 25 blocks the first `too-short` page is one of over 100,000 words instead: they are heavy. */
export function isLongBlock(block: number): boolean {
  return block % 25 === 1;
}
