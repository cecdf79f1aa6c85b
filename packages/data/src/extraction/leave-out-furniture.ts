/**
 * What a site puts around its pages and a model that knows single blocks takes for text where a page has
 * nothing else: boxes that ask for consent to cookies, and lines of menus and side columns without a sentence
 * among them. A page that holds only such has no content.
 */
import { blockText } from './block-text.js';
import type { TextBlocks } from './cut-blocks.js';
import { type ElementContext, insideBits, sumOf } from './element-context.js';
import { cuesThat, type PageTree } from './page-tree.js';

/** Names that templates and consent managers give their boxes, as whole words of `class` or `id`. */
const consentName =
  /(?:^|[\s_-])(?:(?:cookies?|gdpr|consent)[-_]?(?:banner|bar|box|notice|notification|popup|modal|overlay|message|alert|law|consent|manager|wall|sdk|info)|onetrust|cookiebot|usercentrics|didomi|truste)(?=$|[\s_-])/;
/** Few names hold a part of one of these. */
const mayBeConsent = /cookie|gdpr|consent|onetrust|usercentrics|didomi|truste/;
const consentWords = /cookie|privacy|consent|gdpr|dsgvo/i;
/** UTF-16 units: a page about cookies is longer than the box that asks for them. */
const longestNotice = 3000;

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
  if (!hasContent(blocks, context, kept)) kept.fill(0);
}

const around = insideBits.nav | insideBits.header | insideBits.footer | insideBits.aside;
const within = insideBits.main | insideBits.article;

/** Whether anything kept stands elsewhere than around the content, or is a sentence. */
function hasContent(blocks: TextBlocks, context: ElementContext, kept: Uint8Array): boolean {
  return kept.some((is, block) => {
    if (is === 0) return false;
    const inside = context.inside[blocks.element[block]!]!;
    if ((inside & around) === 0 || (inside & within) !== 0) return true;
    return blocks.length[block]! >= 80 && 2 * blocks.linked[block]! < blocks.length[block]!;
  });
}
