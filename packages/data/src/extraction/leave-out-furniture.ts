/**
 * What a site puts around its pages and a model that knows single blocks takes for text: boxes that ask for
 * consent to cookies or for a subscription, by the names that are given to them or by what they say, and,
 * where a page has nothing else, lines of menus and side columns without a sentence among them. A page that
 * holds only such has no content.
 */
import { blockText } from './block-text.js';
import type { TextBlocks } from './cut-blocks.js';
import { type ElementContext, insideBits, sumOf } from './element-context.js';
import { tags } from './html-tags.js';
import { mayBeNotice, type Notice, noticeOf } from './notice-text.js';
import { cuesThat, type PageTree } from './page-tree.js';

/** Names that templates and consent managers give their boxes, as whole words of `class` or `id`. */
const consentName =
  /(?:^|[\s_-])(?:(?:cookies?|gdpr|consent)[-_]?(?:banner|bar|box|notice|notification|popup|modal|overlay|message|alert|law|consent|manager|wall|sdk|info)|onetrust|cookiebot|usercentrics|didomi|truste|trustarc|qc-cmp2?|fc-consent|sp_message|borlabs\w*|cmplz|klaro|osano|iubenda|axeptio|tarteaucitron\w*)(?=$|[\s_-])/;
/** Few names hold a part of one of these. */
const mayBeConsent =
  /cookie|gdpr|consent|onetrust|usercentrics|didomi|trust|cmp|sp_message|borlabs|klaro|osano|iubenda|axeptio|tarteaucitron/;
const consentWords = /cookie|privacy|consent|gdpr|dsgvo|personal data|zustimmung|einwilligung/i;
/** UTF-16 units: a page about cookies is longer than the box that asks for them. */
const longestNotice = 3000;
/** A notice that no name tells is a paragraph. */
const longestSentences = 700;
/** A page on which so many other blocks speak of them is about cookies. */
const mostMentions = 3;
const aboutConsent = /cookie|privacy|consent|gdpr|dsgvo|datenschutz/i;

/** What is no box within a page. */
const pageTags = tags('html body main article');

/** Furniture is marked as not kept. */
export function leaveOutFurniture(
  tree: PageTree,
  blocks: TextBlocks,
  context: ElementContext,
  kept: Uint8Array,
): void {
  const isNamed = cuesThat(tree, (cue) => mayBeConsent.test(cue) && consentName.test(cue));
  for (let node = 1; node < tree.size; node++) {
    if (isNamed[tree.cueNumber[node]!] !== 1) continue;
    const end = tree.end[node]!;
    if (sumOf(context.characters, context, tree, node) > longestNotice) continue;
    const inside: number[] = [];
    for (let at = node; at < end; at++) if (blocks.blockOf[at]! >= 0) inside.push(blocks.blockOf[at]!);
    if (inside.some((block) => consentWords.test(blockText(tree, blocks, block))))
      for (const block of inside) kept[block] = 0;
    node = end - 1;
  }
  leaveOutNotices(tree, blocks, context, kept);
  if (!hasContent(blocks, context, kept)) kept.fill(0);
}

/** Notices that only their sentences tell, with what stands in their box: a heading, a line, buttons. */
function leaveOutNotices(
  tree: PageTree,
  blocks: TextBlocks,
  context: ElementContext,
  kept: Uint8Array,
): void {
  const notices = new Map<number, Notice>();
  for (let block = 0; block < blocks.count; block++) {
    if (kept[block] === 0 || blocks.length[block]! > longestSentences || !mayBeNotice(blocks, block))
      continue;
    const notice = noticeOf(blockText(tree, blocks, block));
    if (notice !== undefined) notices.set(block, notice);
  }
  if (notices.size === 0) return;
  const isAbout = aboutConsent.test(tree.title) || mentions(tree, blocks, kept, notices) >= mostMentions;
  for (const [block, notice] of notices) {
    if (notice === 'consent' && isAbout) continue;
    const length = blocks.length[block]!;
    let box = blocks.element[block]!;
    for (let up = tree.parent[box]!; up > 0 && !pageTags.has(tree.tagOf(up)); up = tree.parent[up]!) {
      const held = sumOf(context.characters, context, tree, up);
      const isBox =
        held <= 1.5 * length + 100
          ? !holdsOtherProse(tree, blocks, context, up, notices)
          : held <= longestSentences && context.blocks[up] === block && !isProse(blocks, block);
      if (!isBox) break;
      box = up;
    }
    const [first, last] = [context.blocks[box]!, context.blocks[tree.end[box]!]!];
    // A page that is all offer says what it is.
    if (notice === 'subscription' && keptWords(blocks, kept) < 2 * keptWords(blocks, kept, first, last))
      continue;
    kept.fill(0, first, last);
    kept[block] = 0;
  }
}

function keptWords(blocks: TextBlocks, kept: Uint8Array, first = 0, last = blocks.count): number {
  let words = 0;
  for (let block = first; block < last; block++) words += kept[block]! * blocks.words[block]!;
  return words;
}

function mentions(
  tree: PageTree,
  blocks: TextBlocks,
  kept: Uint8Array,
  notices: ReadonlyMap<number, Notice>,
): number {
  let found = 0;
  for (let block = 0; block < blocks.count && found < mostMentions; block++)
    if (kept[block] === 1 && !notices.has(block) && aboutConsent.test(blockText(tree, blocks, block)))
      found++;
  return found;
}

function holdsOtherProse(
  tree: PageTree,
  blocks: TextBlocks,
  context: ElementContext,
  node: number,
  notices: ReadonlyMap<number, Notice>,
): boolean {
  const last = context.blocks[tree.end[node]!]!;
  for (let at = context.blocks[node]!; at < last; at++)
    if (!notices.has(at) && isProse(blocks, at)) return true;
  return false;
}

function isProse(blocks: TextBlocks, block: number): boolean {
  return blocks.length[block]! >= 80 && 2 * blocks.linked[block]! < blocks.length[block]!;
}

const around = insideBits.nav | insideBits.header | insideBits.footer | insideBits.aside;
const within = insideBits.main | insideBits.article;

/** Whether anything kept stands elsewhere than around the content, or is a sentence. */
function hasContent(blocks: TextBlocks, context: ElementContext, kept: Uint8Array): boolean {
  return kept.some((is, block) => {
    if (is === 0) return false;
    const inside = context.inside[blocks.element[block]!]!;
    if ((inside & around) === 0 || (inside & within) !== 0) return true;
    return isProse(blocks, block);
  });
}
