/**
 * A word game: words of a few kinds (things, days, colours, …), each kind with a sign that is drawn for the page.
 * What a word's sign is can only be found from words of its kind above it: a few-shot prompt as a page.
 */
import type { Random } from '@llm/core';
import { isHeldOutGameWord } from '../held-out/held-out.js';
import { capitalize } from '../patterns/phrase.js';
import { splitList } from '../patterns/split-list.js';
import texts from '../texts/content/word-game.json' with { type: 'json' };
import type { FactBook } from '../world/facts.js';
import { type Block, type Content, heading, paragraph, slugOf } from './block.js';
import { slotWords, teller } from './world-slots.js';

/** Words by kind; a kind's own name is never shown. */
export const wordKinds: Readonly<Record<string, readonly string[]>> = {
  things: slotWords.things,
  thing: slotWords.thing,
  place: slotWords.place,
  weather: slotWords.weather,
  day: slotWords.day,
  number: slotWords.number,
  relative: slotWords.relative,
};

export const gameSigns = splitList(texts.signs);

/** Words that stand between a word and its sign, any of them, so that none of them says anything. */
export const gameVerbs = splitList(texts.verbs);

export function wordGame(book: FactBook, random: Random): Content {
  const tell = teller(book.world, random);
  const title = tell(random.pick(texts.titles));
  const blocks: Block[] = [heading(title)];
  for (let part = 0; part < 2; part++) {
    const kinds = random.shuffle(Object.keys(wordKinds)).slice(0, 2 + random.integer(2));
    const signs = random.shuffle([...gameSigns]);
    const pair = (): string => {
      const kind = random.integer(kinds.length);
      const open = wordKinds[kinds[kind]!]!.filter((word) => !isHeldOutGameWord(word));
      return `${random.pick(open)} ${random.pick(gameVerbs)} ${signs[kind]!}`;
    };
    blocks.push(paragraph(tell(random.pick(texts.openings))));
    for (let line = 0; line < 6; line++) {
      // One comma in two: text that is a fifth signs is no text to a crawler.
      const pairs = Array.from({ length: 2 }, () => `${pair()} and ${pair()}`);
      blocks.push(paragraph(`${capitalize(pairs.join(', '))}.`));
    }
  }
  return { title, blocks, slug: slugOf(title) };
}
