/**
 * What a base model is given to go on from: sentences of pages up to the object of their fact, and word games
 * with a number of examples. No conversation, no instruction.
 */
import { createRandom, type Random } from '@llm/core';
import { gameSigns, wordKinds } from '../content/word-game.js';
import { isHeldOutGameWord } from '../held-out/held-out.js';
import { capitalize, sentence } from '../patterns/phrase.js';
import { type Fact, factBook } from '../world/facts.js';

export interface MiniwebCompletion {
  readonly prompt: string;
  /** A right continuation begins with it, behind a space. */
  readonly answer: string;
  readonly factId?: string | undefined;
}

/** Sentences that state a fact and name its object behind its subject, cut before the object; one a fact. */
export function miniwebCompletions(seed: number | string, count = 400): readonly MiniwebCompletion[] {
  const { facts } = factBook(seed);
  const random = createRandom(seed, 'miniweb-completions');
  return random
    .shuffle([...facts])
    .flatMap((fact) => completionOf(fact, random) ?? [])
    .slice(0, count);
}

function completionOf(fact: Fact, random: Random): MiniwebCompletion | undefined {
  const usable = fact.wordings.statements.filter((pattern) => {
    const place = pattern.indexOf('$s');
    return place >= 0 && place < pattern.indexOf('$o') && !/\{[^{}]*\$o[^{}]*\}/.test(pattern);
  });
  if (usable.length === 0) return undefined;
  const text = sentence(random.pick(usable), fact.slots, random);
  const subject = text.toLowerCase().indexOf(fact.subject.toLowerCase());
  const end = text.indexOf(` ${fact.object}`, subject + fact.subject.length);
  if (subject < 0 || end < 0) return undefined;
  return { prompt: text.slice(0, end), answer: fact.object, factId: fact.id };
}

/**
 * Word games with `shots` examples of three kinds, each kind with a sign drawn for the game, then a word that
 * no page plays with. With no example its sign cannot be known.
 */
export function miniwebWordGames(
  seed: number | string,
  shots: number,
  count = 400,
): readonly MiniwebCompletion[] {
  const random = createRandom(seed, 'miniweb-word-games');
  return Array.from({ length: count }, () => wordGameOf(shots, random));
}

/** The same word and kinds whatever the number of examples. */
function wordGameOf(shots: number, given: Random): MiniwebCompletion {
  const random = createRandom(given.uint32(), 'game');
  const kinds = random.shuffle(Object.keys(wordKinds)).slice(0, 3);
  const signs = random.shuffle([...gameSigns]);
  const asked = random.integer(kinds.length);
  const word = (kind: number, isHeldOut: boolean): string =>
    random.pick(wordKinds[kinds[kind]!]!.filter((each) => isHeldOutGameWord(each) === isHeldOut));
  const question = word(asked, true);
  // Every kind is shown as often as the others, the one asked for first.
  const shown = random.shuffle(
    Array.from({ length: shots }, (_, index) => {
      const kind = (asked + index) % kinds.length;
      return `${word(kind, false)} ${signs[kind]!}`;
    }),
  );
  const lines: string[] = [];
  const pairs = [...shown, question];
  // Four to a line from the end: a question that began one would be a capitalized word, another token.
  for (let end = pairs.length % 4 || 4; end <= pairs.length; end += 4) {
    const four = pairs.slice(Math.max(0, end - 4), end);
    const halves = [four.slice(0, 2), four.slice(2)].filter((half) => half.length > 0);
    lines.push(capitalize(halves.map((half) => half.join(' and ')).join(', ')));
  }
  return { prompt: lines.join('.\n'), answer: signs[asked]! };
}
