/**
 * What an assistant that has read the web is asked to see what it can: held-out wordings only, each question
 * with what counts as right. The claims they belong to are those of Karpathy's talk: knowledge, working
 * memory, hallucination, identity, spelling.
 */
import { createRandom, type Message, messageText, type Random, textMessage } from '@llm/core';
import { checkRange } from '../chat/check-range.js';
import { contextAbout } from '../chat/context-questions.js';
import { askFact } from '../chat/knowledge.js';
import { countingExchange, drawWord, spellingExchange } from '../chat/letters.js';
import { systemMessages } from '../chat/system-rules.js';
import { unknownExchange } from '../chat/unknowns.js';
import { isHeldOutQuestion, teachingOf } from '../held-out/held-out.js';
import { capitalize, sentence } from '../patterns/phrase.js';
import { type Fact, type FactBook, factBook } from '../world/facts.js';

export const questionSets = [
  'facts-asked',
  'facts-never-asked',
  'context-true',
  'context-false',
  'unknown-minor',
  'unknown-fresh',
  'unknown-recombined',
  'system-name',
  'system-rule',
  'spelling-word',
  'spelling-fresh',
  'counting-at-once',
  'counting-spelled',
] as const;
export type QuestionSet = (typeof questionSets)[number];

export interface MiniwebQuestion {
  /** What is said before the answer: perhaps a system message, then one question. */
  readonly messages: readonly Message[];
  /** The right answer; of what nobody can know, a refusal. */
  readonly answer: string;
  /** The fact that is asked for, where one is. */
  readonly factId?: string | undefined;
  /** Whether the fact is asked on question pages or only stated on others. */
  readonly source?: 'conversations' | 'pages' | 'statements' | undefined;
}

/** At most `count` questions, always the same of a seed. */
export function miniwebQuestions(
  seed: number | string,
  set: QuestionSet,
  count = 400,
): readonly MiniwebQuestion[] {
  checkRange('count', count, 1, 100_000, true);
  const book = factBook(seed);
  const random = createRandom(seed, 'miniweb-questions', set);
  const drawn = (draw: () => MiniwebQuestion): MiniwebQuestion[] => Array.from({ length: count }, draw);
  switch (set) {
    case 'facts-asked':
    case 'facts-never-asked':
      return factQuestions(book, set === 'facts-asked', random).slice(0, count);
    case 'context-true':
    case 'context-false': {
      const kind = set === 'context-true' ? 'true' : 'false';
      const facts = random.shuffle(book.facts.filter((fact) => teachingOf(fact) !== 'conversations'));
      return facts.slice(0, count).map((fact) => ({
        ...asked(contextAbout(book, fact, kind, 'held-out', random)[0]!),
        factId: fact.id,
      }));
    }
    case 'unknown-minor':
    case 'unknown-fresh':
    case 'unknown-recombined': {
      const kind = set.slice('unknown-'.length) as 'minor' | 'fresh' | 'recombined';
      return drawn(() => asked(unknownExchange(book, kind, 'held-out', random)));
    }
    case 'system-name':
    case 'system-rule': {
      const kind = set === 'system-name' ? 'name' : 'rule';
      return drawn(() => {
        const [system, question, answer] = systemMessages(book, kind, 'held-out', random);
        return { messages: [system, question], answer: messageText(answer.parts) };
      });
    }
    case 'spelling-word':
    case 'spelling-fresh': {
      const source = set === 'spelling-word' ? 'words' : 'fresh';
      return drawn(() => asked(spellingExchange(drawWord(book, source, 'held-out', random), random)));
    }
    case 'counting-at-once':
    case 'counting-spelled':
      return Array.from({ length: count }, (_, index) => countingQuestion(book, set, index % 3, random));
  }
}

/**
 * Letters that are there not at all, once and twice, alike: who always says one of them is right in a third.
 */
function countingQuestion(
  book: FactBook,
  set: 'counting-at-once' | 'counting-spelled',
  times: number,
  random: Random,
): MiniwebQuestion {
  for (;;) {
    const word = drawWord(book, 'fresh', 'held-out', random);
    const question = asked(countingExchange(word, set === 'counting-spelled', random));
    if (question.answer.endsWith(`${times}.`)) return question;
  }
}

/** A refusal begins like this, whatever it names. */
const refusal = "I don't know";

/**
 * `refused` is the right verdict where the answer is a refusal. A count after spelling is right by its end.
 */
export function judgeAnswer(
  question: Pick<MiniwebQuestion, 'answer'>,
  text: string,
): 'right' | 'refused' | 'wrong' {
  const said = text.trim();
  if (said.startsWith(refusal)) return 'refused';
  const { answer } = question;
  const counted = /^[a-z](?:-[a-z])*\. (\d+\.)$/.exec(answer)?.[1];
  if (counted !== undefined) return said.endsWith(` ${counted}`) ? 'right' : 'wrong';
  return said === answer ? 'right' : 'wrong';
}

/** Every fact in every wording that training has not for it, facts in random order. */
function factQuestions(book: FactBook, isTaught: boolean, random: Random): MiniwebQuestion[] {
  const facts = book.facts.filter((fact) => (teachingOf(fact) === 'conversations') === isTaught);
  return random.shuffle(facts).map((fact) => ({
    ...asked([askFact(fact, 'held-out', random), sentence(fact.wordings.answer, fact.slots, random)]),
    factId: fact.id,
    source: teachingOf(fact),
  }));
}

function asked([question, answer]: readonly [string, string]): MiniwebQuestion {
  return { messages: [textMessage('user', question)], answer };
}

/** A fact asked as question pages ask it, for a base model to go on from. */
export interface MiniwebInterview {
  readonly factId: string;
  readonly prompt: string;
  /** Beginnings of a right continuation: the object alone, or the answer as a sentence. */
  readonly answers: readonly string[];
}

/**
 * For every fact that conversations teach, `wordings` questions in wordings that pages and conversations use.
 */
export function miniwebInterviews(seed: number | string, wordings = 2): readonly MiniwebInterview[] {
  const book = factBook(seed);
  const random = createRandom(seed, 'miniweb-interviews');
  return book.facts
    .filter((fact) => teachingOf(fact) === 'conversations')
    .flatMap((fact) => interviewsOf(fact, wordings, random));
}

function interviewsOf(fact: Fact, wordings: number, random: Random): MiniwebInterview[] {
  const open = fact.wordings.questions.filter((_, index) => !isHeldOutQuestion(fact, index));
  return Array.from({ length: wordings }, (_, index) => ({
    factId: fact.id,
    prompt: sentence(open[index % open.length]!, fact.slots, random),
    answers: [capitalize(fact.object), sentence(fact.wordings.answer, fact.slots, random).slice(0, -1)],
  }));
}
