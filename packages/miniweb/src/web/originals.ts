/**
 * Which earlier page a mirror or a revisit repeats: another
 * one for each repeat of a block, all from before it.
 */
import { createRandom } from '@llm/core';
import { blockSize, type ContentCard, isRepeat } from './deck.js';
import type { Web } from './web.js';

interface Original {
  readonly index: number;
  readonly card: ContentCard;
}

/** The original of the repeat at `index`. Only plain content pages are repeated. */
export function originalOf(web: Web, index: number): Original {
  const first = index - (index % blockSize);
  const taken = new Set<number>();
  for (let repeat = first; repeat <= index; repeat++) {
    if (!isRepeat(web.card(repeat))) continue;
    const open: Original[] = [];
    for (let earlier = first; earlier < repeat; earlier++) {
      const card = web.card(earlier);
      if (
        card.type === 'content' &&
        card.charset === undefined &&
        card.form === undefined &&
        !taken.has(earlier)
      )
        open.push({ index: earlier, card });
    }
    const original = createRandom(web.seed, 'miniweb-original', repeat).pick(open);
    taken.add(original.index);
    if (repeat === index) return original;
  }
  throw new RangeError(`page ${index} is no repeat`);
}
