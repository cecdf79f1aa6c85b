import { type Conversation, type Message, messageText } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { miniwebConversations } from '../chat/conversations.js';
import { gameSigns } from '../content/word-game.js';
import { teachingOf } from '../held-out/held-out.js';
import { miniwebPages } from '../pages/miniweb-pages.js';
import { factBook, miniwebFacts } from '../world/facts.js';
import { miniwebCompletions, miniwebWordGames } from './completions.js';
import { judgeAnswer, miniwebInterviews, miniwebQuestions, questionSets } from './questions.js';

const training = miniwebConversations({ seed: 1, count: 6000, arithmeticShare: 0 });
const textsOf = ({ messages }: Pick<Conversation, 'messages'>): string =>
  messages.map(({ parts }) => messageText(parts)).join(' | ');
const seen = new Set(training.map(({ messages }) => textsOf({ messages: messages.slice(0, -1) })));
const facts = new Map(miniwebFacts(1).map((fact) => [fact.id, fact]));
const lines = [...miniwebPages({ seed: 1, pages: 200 })]
  .filter(({ truth }) => truth.keep)
  .flatMap(({ truth }) => truth.mainText.split('\n'));

describe('miniwebQuestions', () => {
  test.each(questionSets)('%s: 400 of them, none as conversations have it, always the same', (set) => {
    const questions = miniwebQuestions(1, set);
    expect(questions).toHaveLength(400);
    expect(questions).toEqual(miniwebQuestions(1, set));
    expect(questions.filter((question) => seen.has(textsOf(question)))).toEqual([]);
    expect(new Set(questions.map(textsOf)).size).toBeGreaterThan(200);
  });

  test('facts never asked are in no conversation, neither question nor answer; their answers are the world’s', () => {
    const said = new Set(training.flatMap(({ messages }) => messages.map(({ parts }) => messageText(parts))));
    for (const { factId, answer, source } of miniwebQuestions(1, 'facts-never-asked')) {
      const fact = facts.get(factId!)!;
      expect(answer).toBe(fact.answer);
      expect(source).toBe(teachingOf(fact));
      expect(fact.questions.filter((question) => said.has(question))).toEqual([]);
    }
  });

  test('a text that contradicts says something else than the world, and so does the right answer', () => {
    for (const { factId, answer } of miniwebQuestions(1, 'context-false'))
      expect(answer).not.toBe(facts.get(factId!)!.answer);
    for (const { factId, answer } of miniwebQuestions(1, 'context-true'))
      expect(answer).toBe(facts.get(factId!)!.answer);
    const { bySubject } = factBook(1);
    for (const { messages, answer } of miniwebQuestions(1, 'context-false')) {
      const subject = [...bySubject.keys()].find((name) => answer.toLowerCase().includes(name.toLowerCase()));
      expect(subject).toBeDefined();
      expect(textsOf({ messages }).length).toBeGreaterThan(40);
    }
  });

  test('what nobody can know names nothing of which anything is told', () => {
    for (const set of ['unknown-minor', 'unknown-fresh', 'unknown-recombined'] as const)
      for (const question of miniwebQuestions(1, set))
        expect(judgeAnswer(question, question.answer)).toBe('refused');
  });

  test('letters to count are there not at all, once and twice alike', () => {
    for (const set of ['counting-at-once', 'counting-spelled'] as const) {
      const counts = miniwebQuestions(1, set, 300).map(({ answer }) => answer.at(-2));
      for (const times of ['0', '1', '2']) expect(counts.filter((each) => each === times)).toHaveLength(100);
    }
  });

  test.each([
    ['The tirbik is red.', 'The tirbik is red.', 'right'],
    ['The tirbik is red.', ' The tirbik is red. ', 'right'],
    ['The tirbik is red.', 'The tirbik is blue.', 'wrong'],
    ['The tirbik is red.', "I don't know the colour of the tirbik.", 'refused'],
    ['r-e-d-d. 2.', 'r-e-d. 2.', 'right'],
    ['r-e-d-d. 2.', 'r-e-d-d. 1.', 'wrong'],
    ['r-e-d-d. 2.', '2.', 'wrong'],
  ])('%s ← %s: %s', (answer, text, verdict) => {
    expect(judgeAnswer({ answer }, text)).toBe(verdict);
  });
});

test('the word of a rule stands in the message as in the answer, letter and what is before it, and in no training', () => {
  const wordOf = (messages: readonly Message[], answer: string): string => {
    const rule = messageText(messages[0]!.parts);
    const [, line, word = ''] = /(\n?)([A-Z]\S*?)\.?$/.exec(rule)!;
    expect(line === '' ? answer.endsWith(` ${word}.`) : answer.startsWith(`${word}.`)).toBe(true);
    return word;
  };
  const asked = miniwebQuestions(1, 'system-rule', 200).map(({ messages, answer }) =>
    wordOf(messages, answer),
  );
  const rules = training
    .map(({ messages }) => messages)
    .filter(([first]) => /word|answers? is/.test(messageText(first!.parts)) && first!.role === 'system')
    .map((messages) => wordOf(messages, messageText(messages[2]!.parts)));
  expect(rules.length).toBeGreaterThan(300);
  // Half of them are names that come once.
  expect(new Set(rules).size).toBeGreaterThan(rules.length / 3);
  const taught = new Set(rules);
  expect(asked.filter((word) => taught.has(word))).toEqual([]);
});

describe('miniwebCompletions', () => {
  test('are beginnings of sentences as pages have them, with the object of the fact behind', () => {
    const completions = miniwebCompletions(1, 2000);
    expect(completions.length).toBeGreaterThan(800);
    for (const { prompt, answer, factId } of completions) {
      const fact = facts.get(factId!)!;
      expect(answer).toBe(fact.object);
      expect(prompt.toLowerCase()).toContain(fact.subject.toLowerCase());
    }
    const onPages = completions.filter(({ prompt, answer }) =>
      lines.some((line) => line.includes(`${prompt} ${answer}`)),
    );
    expect(onPages.length).toBeGreaterThan(100);
  });

  test('a word game asks the same whatever the number of examples, and shows each kind alike', () => {
    const [none, ten] = [miniwebWordGames(1, 0), miniwebWordGames(1, 10)];
    const word = (prompt: string): string => prompt.split(/[ \n]/).at(-1)!.toLowerCase();
    for (const [index, { prompt, answer }] of ten.entries()) {
      expect(word(prompt)).toBe(word(none[index]!.prompt));
      expect(answer).toBe(none[index]!.answer);
      const shown = prompt.split(/\W+/).filter((each) => gameSigns.includes(each));
      expect(shown).toHaveLength(10);
      expect(shown.filter((sign) => sign === answer).length).toBe(4);
    }
  });
});

test('interviews ask for every fact that conversations teach, twice', () => {
  const interviews = miniwebInterviews(1);
  const taught = factBook(1).facts.filter((fact) => teachingOf(fact) === 'conversations');
  expect(interviews).toHaveLength(2 * taught.length);
  for (const { prompt, factId, answers } of interviews) {
    expect(facts.get(factId)!.questions.length).toBeGreaterThan(1);
    expect(prompt).toMatch(/\?$/);
    expect(facts.get(factId)!.answer).toBe(`${answers[1]}.`);
  }
});
