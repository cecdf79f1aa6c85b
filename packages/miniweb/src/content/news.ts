/** News from the towns: what happened, who said what, what the place is like. */
import type { Random } from '@llm/core';
import { sentence } from '../text/phrase.js';
import type { FactBook } from '../world/facts.js';
import { type Content, heading, paragraphs, slugOf } from './block.js';
import { Narrator } from './statements.js';
import { worldSlots } from './world-slots.js';

const headlines = [
  '{New|Old} $thing {found|stolen|opened|shown} {at|in} the $place of $here',
  '{$weather weather|Strong wind} {closes|damages} the $place in $here',
  '$number $things {lost|found} near $here',
  '{Young|Old} $job from $here {wins|gives away} {a $thing|$number $things}',
  '$here {builds|plans|opens} a {new|bigger} $place',
  '{Wild|Lost} $animal {seen|walks} in the {streets|square} of $here',
];

const lead = [
  'On $day {morning|evening|night} {a|one} {$adjective $thing|$colour $thing} {was found|fell down|was shown} {at|near} the $place of $here.',
  'The {people|children} of $here {will remember|talk about} $day, when {a $animal|$number pupils} {walked|came} {into|through} the $place.',
  '{After|Before} a $weather $day, {the $place|a new $place} in $here {opened|closed} {its doors|again} {for|with} $number {guests|visitors}.',
  'A {young|brave|tired} $job from $here {carried|moved|sold} $number {$adjective|$colour} $things {to $town|across the $river} {last|on} $day.',
  '{Heavy|Long} {rain|snow|wind} {reached|hit} $here {on|last} $day and {broke|covered} {the|an old} {bridge|roof|road} {near|behind} the $place.',
];

const body = [
  '"{We|We all} {were|are} {surprised|very glad|a little afraid}," {said|explained} $person, {who|a neighbour who} {works|stood} {near|behind} the $place.',
  '"{I have never|Nobody here has ever} seen such a {$adjective|$colour} $thing {before|in $here}," {said|says} {a|the} $job {from|of} $town.',
  'The mayor, $mayor, {wants|plans} to {pay|give} $number {coins|tickets} {for|to} {every|each} $adjective $thing {that is brought back|in the $place}.',
  '{About|More than|Almost} $number {people|families|workers} {from|of} $town {came|are coming} to {help at|look at|clean} the $place.',
  '{Police|The fire wagon|A doctor} {arrived|came} {after|within} $number minutes, but {the $thing was gone|the $animal had left|everyone was asleep} by then.',
  '{The school|The library|The $place} {stays|will be} {open|closed} until $day{| , as a sign says| , if the weather is $weather}.',
  '$person, {a $job|who is a $job in another street}, {lost|saved|gave} a $adjective $thing and $number $things.',
  '{It is|This is} the {second|third|first} time {this year|since $festival} that {a $thing|so many $things} {disappeared|arrived} {in|from} $here.',
  'The {radio|newspaper} of $town {asks|invites} {all readers|everyone} to {bring|send} $things {to|for} the $place {by|on} $day.',
  '{Children|Two pupils} {found|painted} the $colour $thing {under|on} {a cart|a wall|the stairs} {near|of} the $place and {told|called} {$first|their $relative}.',
  '{Next|On} $day {a meeting|a concert|a market} {at|near} the $place will show {whether $first is right|what the $job can do|who has the best $things}.',
  'A {bus|boat|train} {with|full of} $number {guests|workers|pupils} from {$town|the next village} {was late|had to wait} {because of|at} the $place.',
];

export function newsReport(book: FactBook, random: Random): Content {
  const { world } = book;
  const narrator = new Narrator(book, random);
  const town = random.pick(world.towns);
  const tell = (pattern: string): string =>
    sentence(pattern, { ...worldSlots(world, random), here: town.name, mayor: town.mayor }, random);
  const title = tell(random.pick(headlines));
  const details = random
    .shuffle([...body])
    .slice(0, 7 + random.integer(3))
    .map(tell);
  const background = [...narrator.about(town.name, 3), ...narrator.about(town.river, 1), narrator.aside()];
  return {
    title,
    blocks: [
      heading(title),
      ...paragraphs([tell(random.pick(lead)), ...details], random.integer),
      ...paragraphs(background, random.integer),
    ],
    slug: slugOf(title),
  };
}
