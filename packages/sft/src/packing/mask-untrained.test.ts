import type { Conversation, ConversationRenderer, Part } from '@llm/core';
import { textMessage } from '@llm/core';
import { ByteTokenizer, chatControlTokens, TemplateRenderer } from '@llm/core/testing';
import { expect, test } from 'vitest';
import { maskUntrained } from './mask-untrained.js';

const tokenizer = new ByteTokenizer(chatControlTokens);
const renderer = new TemplateRenderer(tokenizer);
const calling: Part[] = [
  { type: 'tool-call', tool: 'calculator', input: '1+1' },
  { type: 'tool-output', text: '2' },
  { type: 'text', text: 'Two.' },
];

/** Three answers, of which those with the given numbers are not to be learned. */
function conversation(...untrained: number[]): Conversation {
  const answers = [[{ type: 'text', text: 'wrong' }], calling, [{ type: 'text', text: 'right' }]] as const;
  return {
    messages: [
      textMessage('system', 'S'),
      ...answers.flatMap((parts, i) => [
        textMessage('user', `q${i}`),
        { role: 'assistant' as const, parts, trained: untrained.includes(i) ? false : undefined },
      ]),
    ],
  };
}

const learned = (...untrained: number[]): string => {
  const chat = conversation(...untrained);
  const { ids, mask } = maskUntrained(renderer, chat, renderer.render(chat));
  return tokenizer.decode(ids.filter((_, i) => mask[i] === 1));
};
const call = '<|tool_call_start|>calculator 1+1<|tool_call_end|>Two.<|assistant_end|>';

test('exactly the messages that are not to be learned leave the mask, with their calls and stop tokens', () => {
  expect(learned()).toBe(`wrong<|assistant_end|>${call}right<|assistant_end|>`);
  expect(learned(0)).toBe(`${call}right<|assistant_end|>`);
  expect(learned(1)).toBe('wrong<|assistant_end|>right<|assistant_end|>');
  expect(learned(2)).toBe(`wrong<|assistant_end|>${call}`);
  expect(learned(0, 1, 2)).toBe('');
});

test('the ids are those of the whole conversation', () => {
  const chat = conversation(0);
  const rendered = renderer.render(chat);
  expect(maskUntrained(renderer, chat, rendered).ids).toBe(rendered.ids);
  const whole = renderer.render(conversation());
  expect(rendered.ids).toEqual(whole.ids);
  expect(maskUntrained(renderer, conversation(), whole)).toBe(whole);
});

test('a renderer whose prompts are not the beginning of the conversation is an error, never a wrong mask', () => {
  const other: ConversationRenderer = Object.create(renderer, {
    renderPrompt: { value: (chat: Conversation) => renderer.renderPrompt(chat).slice(1) },
  });
  const chat = conversation(0);
  expect(() => maskUntrained(other, chat, renderer.render(chat))).toThrow(/message 2 is not the beginning/);
});
