/** Recipes for the foods of the world: what it is, what is needed, what to do. */
import type { Random } from '@llm/core';
import { capitalize, type SlotsOf, sentence } from '../patterns/phrase.js';
import texts from '../texts/content/recipe.json' with { type: 'json' };
import headings from '../texts/content/recipe-headings.json' with { type: 'json' };
import type { FactBook } from '../world/facts.js';
import { type Content, heading, item, paragraphs, slugOf } from './block.js';
import { Narrator } from './narrator.js';
import { teller } from './world-slots.js';

export function recipe(book: FactBook, random: Random): Content {
  const narrator = new Narrator(book, random);
  const food = random.pick(book.world.foods);
  const own: SlotsOf<typeof texts> & SlotsOf<typeof headings> = {
    s: food.name,
    main: food.main,
    second: food.second,
  };
  const tell = teller(book.world, random, own);
  const above = (patterns: readonly string[]) => heading(sentence(random.pick(patterns), own, random));
  const title = capitalize(tell(random.pick(texts.titles)));
  const others = random.shuffle([...texts.otherIngredients]).slice(0, 3 + random.integer(3));
  const steps = random.shuffle([...texts.steps]).slice(0, 7 + random.integer(3));
  return {
    title,
    blocks: [
      heading(title),
      ...paragraphs([...narrator.about(food.name, 3 + random.integer(3)), narrator.aside()], random.integer),
      above(headings.ingredients),
      ...[...texts.neededIngredients, ...others].map((pattern) => item(tell(pattern))),
      above(headings.steps),
      ...paragraphs([...steps.map(tell), narrator.aside(), ...narrator.about(food.town, 2)], random.integer),
    ],
    slug: slugOf(food.name),
  };
}
