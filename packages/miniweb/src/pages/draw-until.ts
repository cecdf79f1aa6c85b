/** Drawing again until the rules say of a page what its truth says. */
import { createRandom, LlmError, type Random } from '@llm/core';
import type { Web } from '../web/web.js';

/** The distance every kept page has from every threshold. */
export const keptMargin = 0.04;

/** Draws until `judge` is content: a page is only let out when the rules say what its truth says. */
export function drawUntil<T>(
  web: Web,
  index: number,
  kind: string,
  draw: (random: Random) => T,
  judge: (drawn: T) => boolean,
): T {
  for (let attempt = 0; attempt < 400; attempt++) {
    const drawn = draw(createRandom(web.seed, 'miniweb-page', index, attempt));
    if (judge(drawn)) return drawn;
  }
  throw new LlmError({
    code: 'miniweb/no-page',
    message: `Page ${index} (${kind}) met another rule than intended in 400 draws. This is a fault of the generator: report the seed ${web.seed}.`,
    details: { index, kind },
  });
}
