/**
 * A word game: words of a few kinds (things, days, colours, …), each kind with a sign that is drawn for the
 * page. What a word's sign is can only be found from words of its kind above it: a few-shot prompt as a page.
 */
import type { Random } from '@llm/core';
import { isHeldOutGameWord } from '../held-out/held-out.js';
import { capitalize } from '../patterns/phrase.js';
import { splitList } from '../patterns/split-list.js';
import texts from '../texts/content/word-game.json' with { type: 'json' };
import type { FactBook } from '../world/facts.js';
import { mensNames, womensNames } from '../world/names.js';
import { type Block, type Content, heading, paragraph, slugOf } from './block.js';
import { slotWords, teller } from './world-slots.js';

/** Words by kind; a kind's own name is never shown. */
export const wordKinds: Readonly<Record<string, readonly string[]>> = {
  things: slotWords.things,
  place: slotWords.place,
  weather: slotWords.weather,
  number: slotWords.number,
  relative: slotWords.relative,
  colour: slotWords.colour,
  name: [...womensNames, ...mensNames],
};

export const gameSigns = splitList(texts.signs);

export function wordGame(book: FactBook, random: Random): Content {
  const tell = teller(book.world, random);
  const title = tell(random.pick(texts.titles));
  const blocks: Block[] = [heading(title)];
  for (let part = 0; part < 2; part++) {
    const kinds = random.shuffle(Object.keys(wordKinds)).slice(0, 2 + random.integer(2));
    const signs = random.shuffle([...gameSigns]);
    // No word comes twice: its sign is to be found from others of its kind.
    const pairs = random.shuffle(
      kinds.flatMap((kind, index) => {
        const open = wordKinds[kind]!.filter((word) => !isHeldOutGameWord(word));
        return random
          .shuffle(open)
          .slice(0, 8)
          .map((word) => `${word} ${signs[index]!}`);
      }),
    );
    blocks.push(paragraph(tell(random.pick(texts.openings))));
    // One comma in four pairs: text that is a fifth signs is no text to a crawler.
    for (let start = 0; start + 4 <= pairs.length; start += 4) {
      const [a, b, c, d] = pairs.slice(start, start + 4);
      blocks.push(paragraph(`${capitalize(`${a} and ${b}, ${c} and ${d}`)}.`));
    }
  }
  return { title, blocks, slug: slugOf(title) };
}
