/** A copy of an earlier page on another site, as alike as the card asks for. */
import { blocksToText } from '../content/block.js';
import { mirror } from '../content/mirror.js';
import { fillerSentences } from '../junk/filler.js';
import { isJudgedAs } from '../rules/rules.js';
import { duplicateProbability } from '../rules/shingles.js';
import { originalOf } from '../web/originals.js';
import { pickSite, type Web } from '../web/web.js';
import { drawContent } from './content-page.js';
import { drawUntil, keptMargin } from './draw-until.js';
import { htmlPage } from './html-page.js';
import type { MiniwebPage } from './page.js';
import { pageUrl } from './page-url.js';

/** How far a copy may be from the similarity that was asked for. */
const usualDistance = 0.03;
/** A word that is changed changes ten shingles: a short text misses some similarities by more than usual. */
const patience = 200;
const widestDistance = 0.08;

export function mirrorPage(web: Web, index: number, similarity: number): MiniwebPage {
  const original = originalOf(web, index);
  const source = drawContent(web, original.index, original.card);
  let draws = 0;
  const copy = drawUntil(
    web,
    index,
    'mirror',
    (random) => mirror(source.content.blocks, similarity, fillerSentences(web.book, random, 40), random),
    // A word may be all that is left of a forum post's address line; the rules must still pass.
    ({ blocks, jaccard }) =>
      Math.abs(jaccard - similarity) < (draws++ < patience ? usualDistance : widestDistance) &&
      isJudgedAs(blocksToText(blocks), undefined, keptMargin),
  );
  const site = pickSite(web, 'mirror', index);
  const probability = duplicateProbability(copy.jaccard);
  const dropped = probability > 0.5;
  const text = blocksToText(copy.blocks);
  const isLeft = (address: string): boolean => text.includes(address);
  const { personalData } = source.content;
  return htmlPage(web, index, {
    url: pageUrl(site, source.content.slug, index),
    site,
    content: { ...source.content, blocks: copy.blocks },
    language: 'en',
    truth: {
      keep: !dropped,
      kind: similarity === 1 ? 'mirror' : 'near-mirror',
      step: dropped ? 'minhash' : undefined,
      reason: dropped ? 'duplicate' : undefined,
      mirrorOf: { index: original.index, url: source.url },
      jaccard: copy.jaccard,
      duplicateProbability: probability,
      personalData: personalData && {
        emails: personalData.emails.filter(isLeft),
        addresses: personalData.addresses.filter(isLeft),
        privateAddresses: personalData.privateAddresses.filter(isLeft),
      },
    },
  });
}
