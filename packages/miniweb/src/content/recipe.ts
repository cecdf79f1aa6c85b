/** Recipes for the foods of the world: what it is, what is needed, what to do. */
import type { Random } from '@llm/core';
import { capitalize, sentence } from '../text/phrase.js';
import type { FactBook } from '../world/facts.js';
import { type Content, heading, item, paragraphs, slugOf } from './block.js';
import { Narrator } from './statements.js';
import { worldSlots } from './world-slots.js';

const ingredients = [
  '$number {cups|bowls|handfuls} of $main',
  '{a little|some|two spoons of|half a cup of} $second {from the market|from $town|from last week}',
  'a {pinch|spoon} of {salt|sugar|pepper}',
  '$number {fresh|clean|large} {leaves of mint|cherries|plums|walnuts}',
  'a {cup|glass|jug} of {cold water|warm milk|cream}',
  'a piece of butter {as big as|no bigger than} a {nut|button|key}',
  '$number {small|thin|old} {onions|carrots|lemons|slices of bread}',
  'a {clean|wet|$colour} {cloth|towel} for the {pot|bowl}',
  '{one|a} {big|small|$colour} {pot|pan} with a lid',
];

const steps = [
  '{First|To begin} {wash|clean|warm} the $main in a {$colour|big|deep} {bowl|pot}.',
  '{Cut|Chop|Tear} the {onions|carrots|leaves|plums} into {small|$number|thin} pieces, {as a $job would|not too fine}.',
  '{Heat|Warm} the {pan|pot|oven} {slowly|well} while you {look for|clean} {a $thing|your best spoon}.',
  '{Stir|Mix} everything {with a wooden spoon|gently|well} for about $number minutes, and {sing|think of} {a song from $town|something nice}.',
  '{Add|Pour in} the $second {little by little|at the end|all at once}, or {it will burn|the taste is lost|$first will laugh at you}.',
  '{Cover|Close} the pot with a {cloth|lid} and {wait|rest} {$number|about $number} minutes{| on a chair| near the window}.',
  '{Taste|Try} a {spoon|bit} of it, and {add|give it} {more salt|a little sugar|some pepper} {if you like|when it needs it}.',
  '{My|Our} $relative {always|never} {puts|adds} {a $colour leaf|$number nuts} {on top|inside}, {as people do|as they like it} in $town.',
  '{Serve|Bring} it {hot|warm|cold} {on|in} a {$colour|deep|wooden} {plate|bowl} with {bread|a glass of milk|some salad}.',
  '{If|When} {something|a bit} is left, {keep|put} it in {the cellar|a cool place|a jar} until {$day|the next morning}.',
  '{Take|Lift} the pot {off|from} the {fire|stove} {as soon as|when} {it smells of $second|you hear it sing}.',
  '{Ask|Call} {a child|$first|your $relative} to {roll|press|shake} the {dough|bowl|jar} {for you|until it is soft}.',
];

const titles = [
  '{How to make|How we cook|Making} $s',
  '$s {like|as} {my $relative makes it|in $town|$first cooks it}',
  '{A recipe|Our recipe|An old recipe} for $s',
];

export function recipe(book: FactBook, random: Random): Content {
  const { world } = book;
  const narrator = new Narrator(book, random);
  const food = random.pick(world.foods);
  const tell = (pattern: string): string =>
    sentence(
      pattern,
      { ...worldSlots(world, random), s: food.name, main: food.main, second: food.second },
      random,
    );
  const title = capitalize(tell(random.pick(titles)));
  const needed = random.shuffle([...ingredients.slice(2)]).slice(0, 3 + random.integer(3));
  const doing = random.shuffle([...steps]).slice(0, 7 + random.integer(3));
  return {
    title,
    blocks: [
      heading(title),
      ...paragraphs([...narrator.about(food.name, 3 + random.integer(3)), narrator.aside()], random.integer),
      heading(
        random.pick([
          'What you need for it',
          'You will need these things',
          'Things to buy or find',
          'What goes into the pot',
        ]),
      ),
      ...[ingredients[0]!, ingredients[1]!, ...needed].map((pattern) => item(tell(pattern))),
      heading(
        random.pick([
          'How it is done',
          'What you have to do',
          'Step by step to the table',
          'Now let us cook it',
        ]),
      ),
      ...paragraphs([...doing.map(tell), narrator.aside(), ...narrator.about(food.town, 2)], random.integer),
    ],
    slug: slugOf(food.name),
  };
}
