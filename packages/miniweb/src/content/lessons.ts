/** School lessons: additions inside small stories, and words spelled letter by letter. Never an operand pair that is held out. */
import type { Random } from '@llm/core';
import { sentence } from '../text/phrase.js';
import type { FactBook } from '../world/facts.js';
import { isHeldOutWord } from '../world/held-out.js';
import { drawOpenPair } from '../world/operands.js';
import { type Block, type Content, heading, paragraph, slugOf } from './block.js';
import { spelled, spellingWords } from './lesson-words.js';
import { Narrator } from './statements.js';
import { worldSlots } from './world-slots.js';

const situations = [
  'On a $weather $day the $job $first {carries|brings} $a {$adjective|$colour} $things to the $place in $town, and $otherFirst {finds|brings} $b more {behind|near} the {old|big} cart.',
  'In the $place of $town there are $a {$colour|$adjective} $things on the {left|first} {table|shelf}, and $first {puts|lays} $b of the same kind {beside|next to} them.',
  '$first from $town {has|owns} $a $adjective $things, and {on a $weather|last} $day {the|an old} $relative {gives away|sends} another $b {as a present|in a $colour box}.',
  'The $job {in|of} $town {sold|made} $a {$colour|$adjective} $things before {lunch|noon} and then $b more {after lunch|in the evening} {with the help of|together with} $first.',
  '{On the way|Walking} from $town to the $place, $first {counts|sees} $a $things and $otherFirst {counts|sees} $b {other ones|more} {on the other side|behind the trees}.',
  'For $festival the children of $town {collect|paint} $a {$adjective|$colour} $things, and the {school|class} {near|behind} the $place {adds|brings} $b of them.',
];
const askings = [
  'How many $things do {they|the two of them} have {together|in all} at the end of the day?',
  'What is $a plus $b, and how many $things {is that|are there} {altogether|now}?',
  'Can you {add|count} the $things {in your head|without paper} and {tell|show} {the teacher|$first} the {number|sum}?',
  '{How much|What} do you get when you {add|put together} $a and $b {in this story|here}?',
];
const solutions = [
  'We {add|put together} the two {numbers|heaps} {slowly|step by step} and {find|see} that $a plus $b is $sum.',
  '{If|When} you {count on|go on counting} from $a, {you come|you get} to the {right number|end} at last. The answer is $sum.',
  '{First|At first} add the {tens|big parts} and then the small {ones|rest}, and you {will see|learn} that the sum is $sum {$things|in all}.',
  '{So|This means that} {the two of them|all together they} {have|own} $sum $things, because $a plus $b {is|makes} $sum.',
];
const remarks = [
  '$first {wrote|drew} {the sum|it} on a $adjective {wall|board|stone} {at|near} the $place, and the teacher from $town {was|looked} {glad|proud}.',
  '{Check|Look at} it {again|once more} with {real $things|small stones|$colour cards}, as the children in $town {like to|often} do on $day.',
  '{A|Even a} $job in $town {must|has to} {know|do} such sums {every $day|quickly}, or {the $things|all the bread} will not be {enough|right}.',
  'It {helps|is good} to {draw|think of} {$colour $things|a long row of $things} when {the day is $weather|numbers are big}.',
  '{Who|Whoever} {learns|knows} this {well|by heart} {can|may} help the $relative of $otherFirst {at|in} the $place {next|on} $day.',
];

export function arithmeticLesson(book: FactBook, random: Random): Content {
  const { world } = book;
  const narrator = new Narrator(book, random);
  const opening = worldSlots(world, random);
  const title = sentence(
    random.pick([
      'Adding $things with $first',
      'Numbers at the $place of $town',
      '{A|An easy} {number lesson|lesson in adding} from $town',
      'How $first learned to add',
      'Sums for a $weather $day',
    ]),
    opening,
    random,
  );
  const blocks: Block[] = [
    heading(title),
    paragraph(narrator.aside(), ...narrator.about(random.pick(world.people).name, 1)),
  ];
  const count = 4 + random.integer(2);
  const tails = random.shuffle([...remarks]);
  for (let exercise = 0; exercise < count; exercise++) {
    const [a, b] = drawOpenPair(random);
    const slots = { ...worldSlots(world, random), a: String(a), b: String(b), sum: String(a + b) };
    const tell = (pattern: string): string => sentence(pattern, slots, random);
    blocks.push(
      paragraph(
        tell(random.pick(situations)),
        tell(random.pick(askings)),
        tell(random.pick(solutions)),
        tell(tails[exercise % tails.length]!),
        narrator.aside(),
      ),
    );
  }
  return { title, blocks, slug: slugOf(title) };
}

const spellings = [
  '{The word|Our next word is} $word {is spelled|: we spell it} $letters, {as in|and you meet it in} the {sentence|line}: {$first|the $job} has a $adjective $word {in|from} $town.',
  '{To write|If you write} $word, {put down|take} the letters $letters, {one by one|slowly}, like $first {did|does} {on the wall|at the $place}.',
  '{You spell|We spell} $word $letters, and {$otherFirst|the $job} from $town {saw|found} a $colour $word {$where|on $day}.',
  '$letters {spells|gives} the word $word, which {begins|starts} with the letter $initial and {has|counts} $length letters {in all|, said $first}.',
  '{How do you spell|Can you spell} $word? {It is|You write} $letters, {answered|said} $first {from|at} the $place {quickly|after a while}.',
];
const uses = [
  '{There is|You find} a {$adjective|$colour} $word $where {near|of} the $place in $town, {says|thinks} $otherFirst.',
  'The $relative of $first {drew|painted} a $word {$where|on a $thing} and {wrote|put} the word under it.',
  '{Look|Search} for a $word $where, {as|just as} the children of $town do {on $day|after school}.',
  'When it is $weather, {a|the} $word $where {looks|seems} {$colour|$adjective} to {$first|the $job}.',
];

export function spellingLesson(book: FactBook, random: Random): Content {
  const { world } = book;
  const narrator = new Narrator(book, random);
  const opening = worldSlots(world, random);
  const title = sentence(
    random.pick([
      'Spelling with $first',
      'Words from the $place of $town',
      'Learn to spell in $town',
      '$number words to spell on $day',
      'Letters for a $weather $day',
    ]),
    opening,
    random,
  );
  const blocks: Block[] = [heading(title), paragraph(narrator.aside(), narrator.aside())];
  for (const { word, where } of random
    .shuffle(spellingWords.filter(({ word }) => !isHeldOutWord(word)))
    .slice(0, 5 + random.integer(2))) {
    const slots = {
      ...worldSlots(world, random),
      word,
      where,
      letters: spelled(word),
      initial: word[0]!,
      length: ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'][word.length] ?? 'many',
    };
    const tell = (pattern: string): string => sentence(pattern, slots, random);
    blocks.push(
      paragraph(
        tell(random.pick(spellings)),
        tell(random.pick(uses)),
        narrator.aside(),
        narrator.state(random.pick(book.facts)),
      ),
    );
  }
  return { title, blocks, slug: slugOf(title) };
}
