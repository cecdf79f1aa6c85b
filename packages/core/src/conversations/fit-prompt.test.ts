import { expect, test } from 'vitest';
import { textMessage } from '../contracts/conversation.js';
import { ByteTokenizer } from '../testing/byte-tokenizer.js';
import { chatControlTokens, TemplateRenderer } from '../testing/template-renderer.js';
import { fitPrompt } from './fit-prompt.js';

const renderer = new TemplateRenderer(new ByteTokenizer(chatControlTokens));
const ask = (text: string) => ({ messages: [textMessage('user', text)] });

test('a prompt fits when at least one token of an answer does', () => {
  // bos, user start, three bytes, user end, assistant start
  const model = { contextLength: 8, vocabularySize: 267 };
  expect(fitPrompt(renderer, ask('abc'), model)).toEqual(renderer.renderPrompt(ask('abc')));
  expect(fitPrompt(renderer, ask('abcd'), model)).toEqual({
    reason: 'too-long',
    message: '8 tokens, the model sees 8 with its answer',
  });
});

test('what cannot be rendered or holds an id that the model lacks is invalid', () => {
  const model = { contextLength: 99, vocabularySize: 260 };
  expect(fitPrompt(renderer, { messages: [] }, model)).toMatchObject({ reason: 'invalid' });
  expect(fitPrompt(renderer, ask('a'), model)).toEqual({
    reason: 'invalid',
    message: 'holds the id 260, the model has 260 ids',
  });
  const broken = {
    ...renderer,
    renderPrompt: () => {
      throw new TypeError('bug');
    },
  };
  expect(() => fitPrompt(broken as unknown as TemplateRenderer, ask('a'), model)).toThrow(TypeError);
});
