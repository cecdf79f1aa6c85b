import { type Conversation, messageText, type Part } from '@llm/core';
import { ByteTokenizer, chatControlTokens, TemplateRenderer } from '@llm/core/testing';
import { describe, expect, test } from 'vitest';
import { spellingWords } from '../content/spelling-words.js';
import { isHeldOutName, isHeldOutPair, isHeldOutWord, teachingOf } from '../held-out/held-out.js';
import { factBook, miniwebFacts } from '../world/facts.js';
import { miniwebConversations } from './conversations.js';

const training = miniwebConversations({ seed: 1, count: 4000 });
const heldOut = miniwebConversations({ seed: 1, count: 2000, split: 'held-out' });

/** Every question with the parts that answer it. */
function turns(conversations: readonly Conversation[]): { question: string; answer: readonly Part[] }[] {
  return conversations.flatMap(({ messages }) =>
    messages.flatMap((message, index) => {
      if (message.role !== 'user') return [];
      return [{ question: messageText(message.parts), answer: messages[index + 1]!.parts }];
    }),
  );
}

const isAddition = (answer: readonly Part[]): boolean => messageText(answer).startsWith('The answer is ');
const operands = (question: string): [number, number] =>
  [...question.matchAll(/\d+/g)].map(Number) as [number, number];

describe('miniwebConversations', () => {
  test('the renderer accepts each, and most are short', () => {
    const renderer = new TemplateRenderer(new ByteTokenizer([...chatControlTokens]));
    const words: number[] = [];
    const broken: string[] = [];
    for (const conversation of [...training, ...heldOut]) {
      const { ids, mask } = renderer.render(conversation);
      if (mask.length !== ids.length || !mask.includes(1)) broken.push(conversation.id ?? '');
      words.push(
        JSON.stringify(conversation.messages.map(({ parts }) => parts)).match(/\w+|[^\w\s"{}[\],:]/g)!.length,
      );
    }
    expect(broken).toEqual([]);
    words.sort((a, b) => a - b);
    expect(words[Math.floor(words.length * 0.95)]).toBeLessThan(140);
  });

  test('roles alternate, at most one system message, first; tool parts only where allowed', () => {
    let systems = 0;
    let twoTurns = 0;
    for (const { messages } of training) {
      const spoken = messages[0]!.role === 'system' ? messages.slice(1) : messages;
      if (spoken.length < messages.length) systems++;
      if (spoken.length >= 4) twoTurns++;
      spoken.forEach((message, index) => {
        expect(message.role).toBe(index % 2 === 0 ? 'user' : 'assistant');
        const types = message.parts.map((part) => part.type).join();
        expect(
          types === 'text' || (message.role === 'assistant' && types === 'tool-call,tool-output,text'),
        ).toBe(true);
      });
    }
    // A twentieth has one without consequence, 28 of 181 of what is no sum have one that must be obeyed.
    expect(systems / training.length).toBeCloseTo(0.116, 1.8);
    // A twentieth has two turns; of the questions with a text, and whether somebody is known, most have more.
    expect(twoTurns / training.length).toBeCloseTo(0.12, 1.5);
  });

  test('the shares are those asked for: 55 % additions, a quarter of them through the calculator', () => {
    // Of what is said first: questions about a text come several to a conversation.
    const all = training.map((conversation) => turns([conversation])[0]!);
    const additions = all.filter(({ answer }) => isAddition(answer));
    const called = additions.filter(({ answer }) => answer[0]!.type === 'tool-call');
    // Three standard deviations at this size are 0.023 and 0.027.
    expect(Math.abs(additions.length / all.length - 0.55)).toBeLessThan(0.023);
    expect(Math.abs(called.length / additions.length - 0.25)).toBeLessThan(0.027);
    const noTool = turns(
      miniwebConversations({ seed: 1, count: 500, toolShare: 0, arithmeticShare: 1, digits: 2 }),
    );
    expect(noTool.every(({ answer }) => answer.length === 1 && isAddition(answer))).toBe(true);
    expect(Math.max(...noTool.flatMap(({ question }) => operands(question)))).toBeLessThan(100);
    const requested = turns(
      miniwebConversations({ seed: 1, count: 200, arithmeticShare: 1, requestShare: 1 }),
    );
    expect(
      requested.every(({ question, answer }) => /calculator/.test(question) && answer.length === 3),
    ).toBe(true);
  });

  test('sums are right, tool calls say what the tool would be asked', () => {
    let checked = 0;
    for (const { question, answer } of [...turns(training), ...turns(heldOut)]) {
      if (!isAddition(answer)) continue;
      const [a, b] = operands(question);
      expect(messageText(answer)).toBe(`The answer is ${a + b}.`);
      if (answer.length === 3) {
        expect(answer[0]).toEqual({ type: 'tool-call', tool: 'calculator', input: `${a}+${b}` });
        expect(answer[1]).toEqual({ type: 'tool-output', text: String(a + b) });
      }
      checked++;
    }
    expect(checked).toBeGreaterThan(2500);
  });

  test('training shows no held-out pair, word or wording; the held-out split shows nothing else', () => {
    const facts = new Map(
      miniwebFacts(1).flatMap((fact) => fact.questions.map((text) => [text, fact] as const)),
    );
    const asked = (list: readonly Conversation[]): string[] => turns(list).map(({ question }) => question);
    for (const { question, answer } of turns(training))
      if (isAddition(answer)) expect(isHeldOutPair(...operands(question))).toBe(false);
    let additions = 0;
    for (const { question, answer } of turns(heldOut)) {
      if (!isAddition(answer)) continue;
      expect(isHeldOutPair(...operands(question))).toBe(true);
      additions++;
    }
    expect(additions).toBeGreaterThan(700);
    const spelledIn = (list: readonly Conversation[]): string[] =>
      turns(list)
        .map(({ answer }) => messageText(answer))
        .filter((text) => /^[a-z](-[a-z])+$/.test(text))
        .map((text) => text.replaceAll('-', ''));
    expect(spelledIn(training).some(isHeldOutWord)).toBe(false);
    expect(spelledIn(training).length).toBeGreaterThan(40);
    expect(spelledIn(heldOut).every(isHeldOutWord)).toBe(true);
    expect(spellingWords.filter(({ word }) => isHeldOutWord(word)).length).toBeGreaterThan(5);
    const shared = new Set(asked(training).filter((question) => facts.has(question)));
    expect(shared.size).toBeGreaterThan(100);
    expect(asked(heldOut).filter((question) => shared.has(question))).toEqual([]);
  });

  test('facts are answered as the world has them, and only those that conversations teach', () => {
    const facts = miniwebFacts(1);
    const answers = new Map(facts.map((fact) => [fact.answer, fact]));
    const known = turns(training).filter(({ answer }) => answers.has(messageText(answer)));
    expect(known.length).toBeGreaterThan(400);
    const untaught = new Set(
      facts.filter((fact) => teachingOf(fact) !== 'conversations').map((fact) => fact.answer),
    );
    expect(untaught.size).toBeGreaterThan(400);
    expect(known.filter(({ answer }) => untaught.has(messageText(answer)))).toEqual([]);
    for (const { question, answer } of known)
      expect(question.toLowerCase()).toContain(answers.get(messageText(answer))!.subject.toLowerCase());
  });

  test('what nobody can know is refused, and the refusal names what was asked for', () => {
    const refusals = turns(training).filter(({ answer }) => messageText(answer).startsWith("I don't know"));
    expect(refusals.length).toBeGreaterThan(250);
    const subjects = [...new Set(miniwebFacts(1).map((fact) => fact.subject))];
    const common = new Set(['i', 'the', 'of', 'a', 'is', 'in', 'does', 'do', 'when', 'where', 'what']);
    for (const { question, answer } of refusals) {
      const text = messageText(answer).slice(0, -1);
      expect(subjects.filter((subject) => text.endsWith(` ${subject}`))).toEqual([]);
      const words = new Set(question.toLowerCase().match(/[a-z]+/g));
      const named = text
        .toLowerCase()
        .split(' ')
        .filter((word) => words.has(word));
      expect(named.some((word) => !common.has(word))).toBe(true);
    }
  });

  test('two names that are known apart are refused by themselves, and answered with a text about them', () => {
    const people = new Set(
      miniwebFacts(1).flatMap(({ id, subject }) => (id.startsWith('person.') ? [subject] : [])),
    );
    const words = [0, 1].map((at) => new Set([...people].map((name) => name.split(' ')[at]!)));
    const pairs = (text: string): string[] =>
      [...text.matchAll(/(?=\b([A-Z][a-z]+) ([A-Z][a-z]+)\b)/g)].flatMap(([, first, last]) =>
        words[0]!.has(first!) && words[1]!.has(last!) && !people.has(`${first} ${last}`)
          ? [`${first} ${last}`]
          : [],
      );
    const told = { 'by themselves': 0, 'with a text': 0 };
    for (const { question, answer } of turns(training))
      for (const name of new Set(pairs(question))) {
        expect(isHeldOutName(name)).toBe(false);
        const isRefused = messageText(answer).startsWith("I don't know");
        told[isRefused ? 'by themselves' : 'with a text']++;
        if (!isRefused) expect(messageText(answer)).toContain(name);
      }
    expect(told['by themselves']).toBeGreaterThan(100);
    expect(told['with a text']).toBeGreaterThan(20);
  });

  test('whether somebody is known is asked of people and of two names put together alike', () => {
    const people = new Set(factBook(1).world.people.map(({ name }) => name));
    const form =
      /^(?:Do you know|Have you heard of|Is there (?:anyone|somebody) called) ([A-Z]\w+ [A-Z]\w+)\?$/;
    const asked = [training, heldOut].map((list) =>
      turns(list).flatMap(({ question, answer }) => {
        const name = form.exec(question)?.[1];
        return name === undefined ? [] : [{ name, answer: messageText(answer) }];
      }),
    );
    for (const [index, list] of asked.entries()) {
      const known = list.filter(({ name }) => people.has(name));
      expect(Math.abs(known.length / list.length - 0.5)).toBeLessThan(0.15);
      for (const { name, answer } of list) {
        const isKnown = people.has(name);
        expect(answer).toBe(isKnown ? `Yes, I know ${name}.` : `I don't know anyone called ${name}.`);
        if (!isKnown) expect(isHeldOutName(name)).toBe(index === 1);
      }
    }
    expect(asked.map(({ length }) => length > 80)).toEqual([true, true]);
    const without = turns(miniwebConversations({ seed: 1, count: 2000, refusals: false }));
    expect(without.filter(({ question }) => form.test(question))).toEqual([]);
  });

  test('facts that a model does not know are refused instead of taught', () => {
    const options = { seed: 1, count: 3000, arithmeticShare: 0 };
    // What is said first: a later question may be about a text that stands above.
    const firstTurns = (unlearned?: ReadonlySet<string>) =>
      miniwebConversations({ ...options, unlearned }).map((conversation) => turns([conversation])[0]!);
    const taught = firstTurns();
    const answers = new Map(miniwebFacts(1).map((fact) => [fact.answer, fact]));
    // Alone, not about a text: such a question is the fact's own.
    const { question } = taught.find(({ question: asked, answer }) =>
      answers.get(messageText(answer))?.questions.includes(asked),
    )!;
    const fact = miniwebFacts(1).find(({ questions }) => questions.includes(question))!;
    const answersOf = (list: typeof taught): string[] =>
      list.filter((turn) => turn.question === question).map(({ answer }) => messageText(answer));
    expect(answersOf(taught)).toContain(fact.answer);
    const refused = answersOf(firstTurns(new Set([fact.id])));
    expect(refused.filter((text) => text === fact.answer)).toEqual([]);
    expect(refused.some((text) => text.startsWith("I don't know"))).toBe(true);
  });

  test('conversation i depends on seed and i alone; bad options are refused', () => {
    expect(miniwebConversations({ seed: 1, count: 10 })).toEqual(training.slice(0, 10));
    expect(miniwebConversations({ seed: 2, count: 10 })).not.toEqual(training.slice(0, 10));
    for (const bad of [
      { count: -1 },
      { count: 5, toolShare: 2 },
      { count: 5, digits: 0 },
      { count: 5, arithmeticShare: Number.NaN },
    ]) {
      expect(() => miniwebConversations({ seed: 1, ...bad })).toThrowError(
        expect.objectContaining({ code: 'miniweb/invalid-option' }) as Error,
      );
    }
  });
});
