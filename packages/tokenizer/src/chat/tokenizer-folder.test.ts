import { LlmError } from '@llm/core';
import { expect, test } from 'vitest';
import { toTokenizerJson } from '../formats/write-tokenizer-json.js';
import { trainTokenizer } from '../train/train-tokenizer.js';
import { createTemplateRenderer } from './template-renderer.js';
import { fromTokenizerFolder } from './tokenizer-folder.js';

const trained = await trainTokenizer(['Hello there'], {
  vocabularySize: 270,
  specialTokens: ['<s>', '<|im_end|>'],
});
const template =
  "{{ bos_token }}{% for m in messages %}{{ m.role + ': ' + m.content + '<|im_end|>' }}{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}";
const base = {
  'tokenizer.json': new TextEncoder().encode(toTokenizerJson(trained)),
  'tokenizer_config.json': JSON.stringify({ bos_token: { content: '<s>' }, chat_template: 'old' }),
};

test('chat_template.jinja goes before the template of tokenizer_config.json', async () => {
  const { tokenizer, config } = fromTokenizerFolder({
    ...base,
    'chat_template.jinja': template,
    'model.safetensors': new Uint8Array(9),
  });
  expect(config).toEqual({
    chatTemplate: template,
    toolChatTemplate: undefined,
    tokens: { bos_token: '<s>' },
  });
  const renderer = await createTemplateRenderer(tokenizer, config);
  const prompt = renderer.renderPrompt({
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }],
  });
  expect(tokenizer.decode(prompt)).toBe('<s>user: Hello<|im_end|>assistant: ');
});

test('the places a template may have', () => {
  const read = (files: Record<string, string>): unknown => fromTokenizerFolder({ ...base, ...files }).config;
  expect(read({})).toMatchObject({ chatTemplate: 'old' });
  expect(read({ 'additional_chat_templates/tool_use.jinja': 'tools' })).toMatchObject({
    toolChatTemplate: 'tools',
  });
  expect(
    read({ 'tokenizer_config.json': '{}', 'chat_template.json': '{"chat_template": "x"}' }),
  ).toMatchObject({ chatTemplate: 'x' });
  expect(
    read({ 'tokenizer_config.json': '{}', 'special_tokens_map.json': '{"eos_token": "<|im_end|>"}' }),
  ).toMatchObject({
    tokens: { eos_token: '<|im_end|>' },
  });
});

test('a folder without tokenizer.json is named', () => {
  try {
    fromTokenizerFolder({ 'config.json': '{}' });
    expect.unreachable();
  } catch (error) {
    expect(LlmError.isInstance(error) && error.code).toBe('tokenizer/file-missing');
  }
});
