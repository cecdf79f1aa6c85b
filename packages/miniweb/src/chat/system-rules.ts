/**
 * Conversations whose system message must be obeyed: the name that the assistant bears there, or a rule for
 * its answers. Names and words of a quarter of the hash, and pairs of wordings, are kept for testing.
 */
import { type Message, type Random, textMessage } from '@llm/core';
import { freshName } from '../content/fresh-names.js';
import { slotWords } from '../content/world-slots.js';
import type { Split } from '../held-out/held-out.js';
import { isHeldOutName } from '../held-out/held-out.js';
import { capitalize, phrase, type SlotsOf } from '../patterns/phrase.js';
import texts from '../texts/chat/system-rules.json' with { type: 'json' };
import type { FactBook } from '../world/facts.js';
import { type Exchange, smallTalk } from './small-talk.js';

export type SystemKind = 'name' | 'rule';

const isOneWord = (word: string): boolean => !word.includes(' ');
/** What is asked for in testing. */
const things = [...slotWords.thing, ...slotWords.things].filter(isOneWord);
const words = [...new Set(Object.values(slotWords).flat())].filter(isOneWord);
const onsets = [...'bcdfghklmnprstvw'];

const nameStyles = ['town', 'river', 'mountain'] as const;

export function systemMessages(
  book: FactBook,
  kind: SystemKind,
  split: Split,
  random: Random,
): readonly [Message, Message, Message] {
  const drawOf = (draw: () => string): string => {
    for (;;) {
      const drawn = draw();
      if (isHeldOutName(drawn) === (split === 'held-out')) return drawn;
    }
  };
  if (kind === 'name') {
    const name = drawOf(() =>
      random.uniform() < 0.3
        ? random.pick(book.world.people).firstName
        : freshName(book, random.pick(nameStyles), random),
    );
    const own: SlotsOf<typeof texts> = { name, word: '' };
    const [system, question] = pairOf(texts.names, texts.nameQuestions, split, random);
    return said(phrase(system, own, random), [question, phrase(texts.nameAnswer, own, random)]);
  }
  // Said as it is written there, behind a space or a line break as there: the same tokens. Of thirty words
  // a model learns which they are; only of words without end does it learn to look. What follows a first
  // letter is a piece that stands nowhere else: with other first letters it is copied before it counts.
  const word = capitalize(
    drawOf(() => {
      if (split === 'held-out') return random.pick(things);
      return random.pick([
        () => random.pick(words),
        () => spliced(random.pick(words), random.pick(words)),
        () => random.pick(onsets) + random.pick(words).slice(1),
        () => freshName(book, random.pick(nameStyles), random),
      ])();
    }),
  );
  const own: SlotsOf<typeof texts> = { name: '', word };
  const place = random.pick(['begin', 'end', 'only'] as const);
  const [question, answer] = smallTalk(
    random.uniform() < 0.5 ? 'identity' : 'greetings',
    book.world.country,
    random,
  );
  const ruled = { begin: `${word}. ${answer}`, end: `${answer} ${word}.`, only: `${word}.` };
  return said(phrase(random.pick(texts[place]), own, random), [question, ruled[place]]);
}

/** The beginning of one word and the end of another: pieces that follow each other nowhere else. */
const spliced = (first: string, last: string): string =>
  first.slice(0, Math.ceil(first.length / 2)) + last.slice(Math.floor(last.length / 2));

/** One pair of wordings in four is never seen together in training. */
function pairOf(
  systems: readonly string[],
  questions: readonly string[],
  split: Split,
  random: Random,
): readonly [string, string] {
  const system = random.integer(systems.length);
  const open = questions.filter((_, index) => ((index + system) % 4 === 0) === (split === 'held-out'));
  return [systems[system]!, random.pick(open)];
}

function said(system: string, [question, answer]: Exchange): readonly [Message, Message, Message] {
  return [textMessage('system', system), textMessage('user', question), textMessage('assistant', answer)];
}
