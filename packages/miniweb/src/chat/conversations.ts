/**
 * Conversations about the invented world for supervised fine-tuning: short, many additions (a quarter of them
 * through the calculator), facts, spelling, refusals, copying, small talk. Conversation i depends on the
 * seed, the split and i alone.
 */
import { type Conversation, createRandom, type Message, type Random, textMessage } from '@llm/core';
import type { Split } from '../held-out/held-out.js';
import { drawHeldOutPair, drawOpenPair } from '../held-out/operands.js';
import systemTexts from '../texts/chat/system-messages.json' with { type: 'json' };
import { type FactBook, factBook } from '../world/facts.js';
import { acquaintances } from './acquaintances.js';
import { additionQuestion, additionReply, toolRequest } from './additions.js';
import { checkRange } from './check-range.js';
import { contextExchanges } from './context-questions.js';
import { factExchange } from './knowledge.js';
import { countingExchange, drawWord, spellingExchange } from './letters.js';
import { type Exchange, repeatExchange, smallTalk } from './small-talk.js';
import { systemMessages } from './system-rules.js';
import { unknownExchange } from './unknowns.js';

export interface ConversationOptions {
  readonly seed: number | string;
  readonly count: number;
  /**
   * `train` (default) never holds a held-out operand pair, question wording or spelling word; `held-out`
   * holds nothing else in its additions, facts and spellings, and no fixed small talk.
   */
  readonly split?: Split | undefined;
  /** Share of conversations that are additions, 0…1. Default 0.55. */
  readonly arithmeticShare?: number | undefined;
  /**
   * Share of additions that ask for the calculator in so many words and are always answered with it, 0…1.
   * Default 0. More of them give a small model more to learn from how operands are copied into a call.
   */
  readonly requestShare?: number | undefined;
  /**
   * Share of the other additions that go through the calculator
   * unasked, 0…1. Default 0.25; 0 for a model without the tool.
   */
  readonly toolShare?: number | undefined;
  /** Most digits of an operand, 1…6. Default 3. */
  readonly digits?: number | undefined;
  /**
   * Ids of facts that the model was asked for and did not know: they are refused instead of taught. Default
   * none.
   */
  readonly unlearned?: ReadonlySet<string> | undefined;
  /** Whether questions that nobody can answer are asked, and refused. Default true. */
  readonly refusals?: boolean | undefined;
}

/**
 * What is not arithmetic, by weight; the last two have no unseen form. People are asked about twice as often
 * as their share of the facts: whoever is refused for two names put together is one of them.
 */
const others = [
  [26, 'fact'],
  [12, 'person'],
  [30, 'context'],
  [2, 'fresh'],
  [28, 'recombined'],
  [18, 'acquaintance'],
  [3, 'minor'],
  [5, 'spelling'],
  [4, 'counting'],
  [14, 'repeat'],
  [4, 'name'],
  [24, 'rule'],
  [3, 'identity'],
  [3, 'greetings'],
] as const;

const unknownKinds: ReadonlySet<string> = new Set(['fresh', 'recombined', 'acquaintance', 'minor']);

/** Throws `miniweb/invalid-option` for shares outside 0…1, counts below 0 or digits outside 1…6. */
export function miniwebConversations(options: ConversationOptions): Conversation[] {
  const {
    seed,
    count,
    split = 'train',
    arithmeticShare = 0.55,
    requestShare = 0,
    toolShare = 0.25,
    digits = 3,
    unlearned = new Set<string>(),
    refusals = true,
  } = options;
  checkRange('count', count, 0, Number.MAX_SAFE_INTEGER, true);
  checkRange('arithmeticShare', arithmeticShare, 0, 1);
  checkRange('requestShare', requestShare, 0, 1);
  checkRange('toolShare', toolShare, 0, 1);
  checkRange('digits', digits, 1, 6, true);
  const book = factBook(seed);
  return Array.from({ length: count }, (_, index) => {
    const random = createRandom(seed, 'miniweb-conversation', split, index);
    const turns = random.uniform() < 0.06 ? 2 : 1;
    const messages: Message[] = [];
    for (let turn = 0; turn < turns; turn++) {
      if (random.uniform() < arithmeticShare) {
        const [a, b] = split === 'train' ? drawOpenPair(random, digits) : drawHeldOutPair(random, digits);
        const requested = random.uniform() < requestShare;
        const question = additionQuestion(a, b, random);
        messages.push(
          textMessage('user', requested ? toolRequest(question, random) : question),
          additionReply(a, b, requested || random.uniform() < toolShare),
        );
      } else messages.push(...otherMessages(book, split, { unlearned, refusals }, random));
    }
    // A rule is for the whole conversation: one that is not first, or not alone, is not asked for.
    const first = messages.findIndex(({ role }, place) => role === 'system' && place > 0);
    const whole = first < 0 ? messages : messages.slice(0, first);
    const spoken = whole[0]!.role === 'system' ? whole.slice(0, 3) : whole;
    if (spoken[0]!.role !== 'system' && random.uniform() < 0.05)
      spoken.unshift(textMessage('system', random.pick(systemTexts.messages)));
    return { id: `miniweb-${split}-${index}`, messages: spoken };
  });
}

function otherMessages(
  book: FactBook,
  split: Split,
  { unlearned, refusals }: Required<Pick<ConversationOptions, 'unlearned' | 'refusals'>>,
  random: Random,
): readonly Message[] {
  const unseen = split === 'train' ? others : others.slice(0, -2);
  const choices = refusals ? unseen : unseen.filter(([, name]) => !unknownKinds.has(name));
  let rest =
    random.uniform() * choices.map(([weight]) => weight).reduce<number>((sum, weight) => sum + weight, 0);
  let name: (typeof others)[number][1] = 'fact';
  for (const [weight, choice] of choices) {
    name = choice;
    if (rest < weight) break;
    rest -= weight;
  }
  if (name === 'name' || name === 'rule') return systemMessages(book, name, split, random);
  return exchanges(name).flatMap(([question, answer]) => [
    textMessage('user', question),
    textMessage('assistant', answer),
  ]);

  function exchanges(kind: Exclude<typeof name, 'name' | 'rule'>): readonly Exchange[] {
    if (kind === 'context') return contextExchanges(book, split, random);
    if (kind === 'acquaintance') return acquaintances(book, split, random);
    return [exchange(kind)];
  }

  function exchange(kind: Exclude<typeof name, 'name' | 'rule' | 'context' | 'acquaintance'>): Exchange {
    const word = (): string => drawWord(book, random.uniform() < 0.4 ? 'words' : 'fresh', split, random);
    switch (kind) {
      case 'fact':
      case 'person':
        return factExchange(
          kind === 'fact' ? book.facts : book.aboutPeople,
          split,
          unlearned ?? new Set(),
          random,
        );
      case 'fresh':
      case 'recombined':
      case 'minor':
        return unknownExchange(book, kind, split, random);
      case 'spelling':
        return spellingExchange(word(), random);
      case 'counting':
        return countingExchange(word(), random.uniform() < 0.5, random);
      case 'repeat':
        return repeatExchange(book, random);
      case 'identity':
      case 'greetings':
        return smallTalk(kind, book.world.country, random);
    }
  }
}
