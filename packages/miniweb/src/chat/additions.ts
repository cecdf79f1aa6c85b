/** How additions are asked and answered, in conversations and tasks alike. */
import { type Message, type Part, type Random, type TextPart, textMessage } from '@llm/core';
import { phrase, type SlotsOf } from '../patterns/phrase.js';
import additions from '../texts/chat/additions.json' with { type: 'json' };
import calculator from '../texts/chat/calculator-requests.json' with { type: 'json' };

export function additionQuestion(a: number, b: number, random: Random): string {
  const operands: SlotsOf<typeof additions> = { a: String(a), b: String(b) };
  return phrase(random.pick(additions.questions), operands, random);
}

/** The question with an explicit request for the tool. */
export function toolRequest(question: string, random: Random): string {
  const asked: SlotsOf<typeof calculator> = { question };
  return phrase(random.pick(calculator.requests), asked, random);
}

/** The only form of answer that counts as correct. */
export function additionAnswer(sum: number): string {
  return `The answer is ${sum}.`;
}

/** What the assistant says: the answer at once, or a call of the calculator, its output, and the answer. */
export function additionReply(a: number, b: number, useTool: boolean): Message {
  const answer: TextPart = { type: 'text', text: additionAnswer(a + b) };
  if (!useTool) return textMessage('assistant', answer.text);
  const parts: Part[] = [
    { type: 'tool-call', tool: 'calculator', input: `${a}+${b}` },
    { type: 'tool-output', text: String(a + b) },
    answer,
  ];
  return { role: 'assistant', parts };
}
