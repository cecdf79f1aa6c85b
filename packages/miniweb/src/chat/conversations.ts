/**
 * Conversations about the invented world for supervised fine-tuning: short, many additions (a quarter of them
 * through the calculator), facts, spelling, refusals, copying, small talk. Conversation i depends on the
 * seed, the split and i alone.
 */
import { type Conversation, createRandom, type Message, type Random, textMessage } from '@llm/core';
import { drawHeldOutPair, drawOpenPair } from '../held-out/operands.js';
import systemTexts from '../texts/chat/system-messages.json' with { type: 'json' };
import { type FactBook, factBook } from '../world/facts.js';
import { additionQuestion, additionReply, toolRequest } from './additions.js';
import { checkRange } from './check-range.js';
import { factExchange, refusalExchange, type Split, spellingExchange } from './knowledge.js';
import { type Exchange, repeatExchange, smallTalk } from './small-talk.js';

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
}

/** What is not arithmetic, by weight. */
const others: readonly (readonly [
  weight: number,
  name: 'fact' | 'spelling' | 'refusal' | 'repeat' | 'identity' | 'greetings',
])[] = [
  [20, 'fact'],
  [9, 'spelling'],
  [6, 'refusal'],
  [4, 'repeat'],
  [3, 'identity'],
  [3, 'greetings'],
];

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
  } = options;
  checkRange('count', count, 0, Number.MAX_SAFE_INTEGER, true);
  checkRange('arithmeticShare', arithmeticShare, 0, 1);
  checkRange('requestShare', requestShare, 0, 1);
  checkRange('toolShare', toolShare, 0, 1);
  checkRange('digits', digits, 1, 6, true);
  const book = factBook(seed);
  return Array.from({ length: count }, (_, index) => {
    const random = createRandom(seed, 'miniweb-conversation', split, index);
    const messages: Message[] =
      random.uniform() < 0.05 ? [textMessage('system', random.pick(systemTexts.messages))] : [];
    const turns = random.uniform() < 0.06 ? 2 : 1;
    for (let turn = 0; turn < turns; turn++) {
      if (random.uniform() < arithmeticShare) {
        const [a, b] = split === 'train' ? drawOpenPair(random, digits) : drawHeldOutPair(random, digits);
        const requested = random.uniform() < requestShare;
        const question = additionQuestion(a, b, random);
        messages.push(
          textMessage('user', requested ? toolRequest(question, random) : question),
          additionReply(a, b, requested || random.uniform() < toolShare),
        );
      } else {
        const [question, answer] = exchange(book, split, random);
        messages.push(textMessage('user', question), textMessage('assistant', answer));
      }
    }
    return { id: `miniweb-${split}-${index}`, messages };
  });
}

function exchange(book: FactBook, split: Split, random: Random): Exchange {
  // Small talk has no unseen form; a test on it would be a test on training data.
  const choices = split === 'train' ? others : others.slice(0, 4);
  let rest = random.uniform() * choices.reduce((sum, [weight]) => sum + weight, 0);
  let name = choices[0]![1];
  for (const [weight, choice] of choices) {
    name = choice;
    if (rest < weight) break;
    rest -= weight;
  }
  switch (name) {
    case 'fact':
      return factExchange(book, split, random);
    case 'spelling':
      return spellingExchange(split, random);
    case 'refusal':
      return refusalExchange(book, random);
    case 'repeat':
      return repeatExchange(random);
    case 'identity':
    case 'greetings':
      return smallTalk(name, book.world.country, random);
  }
}
