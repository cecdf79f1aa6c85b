/** How additions are asked and answered, in conversations and tasks alike. */
import { type Message, type Part, type Random, type TextPart, textMessage } from '@llm/core';

const questions: readonly ((a: number, b: number) => string)[] = [
  (a, b) => `What is ${a} plus ${b}?`,
  (a, b) => `What is ${a} + ${b}?`,
  (a, b) => `${a} + ${b} = ?`,
  (a, b) => `Add ${a} and ${b}.`,
  (a, b) => `How much is ${a} plus ${b}?`,
  (a, b) => `What is the sum of ${a} and ${b}?`,
  (a, b) => `Can you add ${a} and ${b}?`,
  (a, b) => `Please compute ${a} + ${b}.`,
  (a, b) => `Calculate ${a} plus ${b}.`,
  (a, b) => `Tell me ${a} + ${b}.`,
  (a, b) => `${a} plus ${b}?`,
  (a, b) => `I have ${a} apples and get ${b} more. How many do I have?`,
];

export function additionQuestion(a: number, b: number, random: Random): string {
  return random.pick(questions)(a, b);
}

const requests: readonly ((question: string) => string)[] = [
  (question) => `Use the calculator: ${question}`,
  (question) => `With the calculator, please: ${question}`,
  (question) => `${question} Use the calculator.`,
];

/** The question with an explicit request for the tool. */
export function toolRequest(question: string, random: Random): string {
  return random.pick(requests)(question);
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
