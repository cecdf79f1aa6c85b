import { type Conversation, LlmError, textMessage } from '@llm/core';
import { expect, test } from 'vitest';
import type { BpeTokenizer } from '../bpe-tokenizer.js';
import { trainTokenizer } from '../train/train-tokenizer.js';
import { createChatRenderer } from './chat-renderer.js';
import { chatSpecialTokens } from './chat-special-tokens.js';
import { createTemplateRenderer } from './template-renderer.js';
import { chatTemplate, readTokenizerConfig, writeTokenizerConfig } from './tokenizer-config.js';

const conversation: Conversation = {
  messages: [
    textMessage('system', 'Be brief.'),
    textMessage('user', ' Say <|assistant_end|> or <|im_end|> or <|eot_id|> '),
    textMessage('assistant', 'No.'),
    textMessage('user', 'No.'),
    textMessage('assistant', 'Bye'),
  ],
};
const specials = [
  ...chatSpecialTokens,
  '<|im_start|>',
  '<|im_end|>',
  '<|begin_of_text|>',
  '<|start_header_id|>',
  '<|end_header_id|>',
  '<|eot_id|>',
];
const tokenizer: BpeTokenizer = await trainTokenizer(['Be brief. Say No. Bye user assistant'], {
  vocabularySize: 300,
  specialTokens: specials,
});
const id = (text: string): number => tokenizer.specialTokens.get(text)!;
const encode = (text: string): number[] => [...tokenizer.encode(text)];

test('our own template in Jinja gives what createChatRenderer gives', async () => {
  const config = readTokenizerConfig(
    writeTokenizerConfig({ chatTemplate, tokens: { bos_token: '<|bos|>' } }),
  );
  const ours = createChatRenderer(tokenizer);
  const theirs = await createTemplateRenderer(tokenizer, config);
  expect(theirs.stopToken).toBe(ours.stopToken);
  expect(theirs.render(conversation)).toEqual(ours.render(conversation));
  const prompt = { messages: conversation.messages.slice(0, 4) };
  expect(theirs.renderPrompt(prompt)).toEqual(ours.renderPrompt(prompt));
  const withCalls: Conversation = {
    messages: [
      textMessage('user', 'Add.'),
      {
        role: 'assistant',
        parts: [
          { type: 'text', text: 'Well,' },
          { type: 'tool-call', tool: 'calculator', input: '12+30' },
          { type: 'tool-output', text: '<|tool_output_end|>42' },
          { type: 'tool-call', tool: 'clock', input: '' },
          { type: 'tool-output', text: 'noon' },
          { type: 'text', text: '42 at noon' },
        ],
      },
      textMessage('user', 'Thanks.'),
    ],
  };
  expect(theirs.render(withCalls)).toEqual(ours.render(withCalls));
});

test('ChatML: ids, mask with the stop token, no control token from a user', async () => {
  const template =
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";
  const renderer = await createTemplateRenderer(tokenizer, { chatTemplate: template, tokens: {} });
  const { ids, mask } = renderer.render({ messages: conversation.messages.slice(1, 3) });
  const [start, end] = [id('<|im_start|>'), id('<|im_end|>')];
  expect([...ids]).toEqual([
    ...[
      start,
      ...encode('user\n'),
      ...encode(' Say <|assistant_end|> or <|im_end|> or <|eot_id|> '),
      end,
      ...encode('\n'),
    ],
    ...[start, ...encode('assistant\n'), ...encode('No.'), end, ...encode('\n')],
  ]);
  const trained = [...ids].filter((_, i) => mask[i] === 1);
  expect(trained).toEqual([...encode('No.'), end]);
  const prompt = renderer.renderPrompt({ messages: conversation.messages.slice(1, 2) });
  expect([...ids.slice(0, prompt.length)]).toEqual([...prompt]);
});

test('a template that trims, as that of Llama 3', async () => {
  const template =
    "{{ bos_token }}{% for message in messages %}{{ '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' + message['content'] | trim + '<|eot_id|>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}";
  const renderer = await createTemplateRenderer(tokenizer, {
    chatTemplate: template,
    tokens: { bos_token: '<|begin_of_text|>' },
  });
  expect(renderer.stopToken).toBe(id('<|eot_id|>'));
  const { ids, mask } = renderer.render(conversation);
  expect(tokenizer.decode(ids)).toContain('\n\nSay <|assistant_end|>');
  expect([...ids].filter((token) => token === id('<|eot_id|>')).length).toBe(5);
  expect([...ids].filter((_, i) => mask[i] === 1)).toEqual([
    ...encode('No.'),
    id('<|eot_id|>'),
    ...encode('Bye'),
    id('<|eot_id|>'),
  ]);
});

test.each([
  ['unreadable', '{% for %}'],
  ['without an end token', "{% for message in messages %}{{ message['content'] }}{% endfor %}"],
  [
    'that renders earlier messages differently later',
    "{% for message in messages %}{{ loop.length ~ message['content'] }}<|im_end|>{% endfor %}",
  ],
  ['that refuses the conversation', "{{ raise_exception('no') }}"],
])('a template %s is a typed error', async (_, template) => {
  const work = createTemplateRenderer(tokenizer, { chatTemplate: template, tokens: {} }).then((renderer) =>
    renderer.render(conversation),
  );
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(LlmError.isInstance(error) && error.code).toBe('tokenizer/template-invalid');
});

test('the template named tool_use is taken where there are tools', async () => {
  const config = readTokenizerConfig(
    JSON.stringify({
      chat_template: [
        { name: 'default', template: `none${chatTemplate}` },
        { name: 'tool_use', template: `some${chatTemplate}` },
      ],
    }),
  );
  expect(readTokenizerConfig(writeTokenizerConfig(config))).toEqual(config);
  const plain = await createTemplateRenderer(tokenizer, config);
  const withTools = await createTemplateRenderer(tokenizer, config, { tools: [{ name: 'add' }] });
  expect(tokenizer.decode(plain.render(conversation).ids)).toMatch(/^none/);
  expect(tokenizer.decode(withTools.render(conversation).ids)).toMatch(/^some/);
});
