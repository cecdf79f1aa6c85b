import { readFileSync } from 'node:fs';
import { textMessage } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { trainTokenizer } from '../train/train-tokenizer.js';
import { compileTemplate } from './bounded-template.js';
import { createTemplateRenderer } from './template-renderer.js';

const { templates } = JSON.parse(
  readFileSync(new URL('../fixtures/chat-templates.json', import.meta.url), 'utf8'),
) as { templates: Record<string, { template: string; tokens: Record<string, string> }> };

const asks = '{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}';
const body = "<|im_start|>{{ message['role'] }}\n{{ message.content | trim }}<|im_end|>\n";
/** Something after what the assistant is asked with. */
const bodyWith = (more: string): string => body.replace('{{ message.content', `${more}{{ message.content`);
const loop = (list: string, inside = body): string => `{% for message in ${list} %}${inside}{% endfor %}`;

/** Their message's text depends on what came before it, at most. */
const localTemplates: Readonly<Record<string, string>> = {
  chatml: loop('messages') + asks,
  'a default system message':
    loop('messages', `{% if loop.first and messages[0]['role'] != 'system' %}S{% endif %}${body}`) + asks,
  'the system message apart, under the same name':
    "{% if messages[0]['role'] == 'system' %}{% set system = messages[0]['content'] %}{% set messages = messages[1:] %}{% else %}{% set system = 'none' %}{% endif %}" +
    `({{ system }})${loop('messages')}${asks}`,
  'the system message apart, under another name':
    "{% if messages[0].role == 'system' %}{% set rest = messages[1:] %}{% else %}{% set rest = messages %}{% endif %}" +
    loop('rest', bodyWith('{{ loop.index0 }}')) +
    asks,
  'a loop in a branch': `{% if tools %}${loop('messages', 'T')}{% else %}${loop('messages')}{% endif %}${asks}`,
  'what the loop has counted': `{% set ns = namespace(n=0) %}${loop('messages', bodyWith('{% set ns.n = ns.n + 1 %}{{ ns.n }}'))}${asks}`,
  'a macro': `{% macro write(m) %}[{{ m.content }}]{% endmacro %}${loop('messages', bodyWith('{{ write(message) }}'))}${asks}`,
  'the message before':
    loop('messages', bodyWith("{{ loop.previtem.role if loop.index > 1 else '' }}")) + asks,
  'a loop inside, to its last':
    loop('messages', bodyWith('{% for c in [1, 2] %}{{ loop.last }}{% endfor %}')) + asks,
};

const aheadTemplates: Readonly<Record<string, string>> = {
  'loop.last': loop('messages', `${body}{% if loop.last %}.{% endif %}`),
  'loop.length': loop('messages', `${body}{{ loop.length }}`),
  'the loop as a whole': loop('messages', `${body}{{ loop | length }}`),
  'the last message': `${loop('messages')}{{ messages[-1].role }}`,
  'how many there are': `{{ messages | length }}${loop('messages')}`,
  'the one after': loop('messages', `${body}{{ messages[loop.index].role }}`),
  backwards: loop('messages[::-1]'),
  'all but the last': loop('messages[:-1]'),
  'some of them': loop("messages if message.role == 'user'"),
  'two loops': loop('messages') + loop('messages'),
  'a loop with a break': loop('messages', `{% if message.role == 'x' %}{% break %}{% endif %}${body}`),
  'a loop in a block': `{% set text %}${loop('messages')}{% endset %}{{ text | trim }}`,
  'a loop in a macro': `{% macro all() %}${loop('messages')}{% endmacro %}{{ all() }}`,
  'a filter of the loop': `{% filter upper %}${loop('messages')}{% endfilter %}`,
  'what the loop has left': `{% set ns = namespace(n=0) %}${loop('messages', `{% set ns.n = ns.n + 1 %}${body}`)}{{ ns.n }}`,
  'what it has left under another name': `{% set ns = namespace(n=0) %}{% set other = ns %}${loop('messages', `{% set ns.n = 1 %}${body}`)}{{ other.n }}`,
  'a macro that tells': `{% set ns = namespace(n=0) %}{% macro tell() %}{{ ns.n }}{% endmacro %}${loop('messages', `{% set ns.n = ns.n + 1 %}${body}`)}{{ tell() }}`,
  'the list under another name': `{% set all = [messages] %}${loop('messages')}{{ all[0] | length }}`,
  'no messages': 'nothing',
};

const roles = ['system', 'user', 'assistant', 'user', 'assistant', 'user', 'assistant'];
const conversations = [roles, roles.slice(1), roles.slice(0, 3), roles.slice(1, 4)].map((chosen) =>
  chosen.map((role, i) => ({ role, content: i % 2 ? ` said ${i} ` : `asked ${i}` })),
);

test.each([
  ...Object.entries(localTemplates),
  ...['tags', 'headers', 'brackets', 'own'].map((name) => [name, templates[name]!.template] as const),
])(
  '%s: the pieces before a message are the text of the conversation that ends there',
  async (name, source) => {
    const { render, renderMarked } = await compileTemplate(source);
    if (name in localTemplates) expect(renderMarked).toBeDefined();
    for (const messages of conversations)
      for (const isPrompt of [false, true]) {
        const given = { tools: null, bos_token: '<s>', eos_token: '</s>', add_generation_prompt: isPrompt };
        const pieces = renderMarked?.({ ...given, messages }, 0, '\u{f0001}').split('\u{f0001}');
        if (pieces === undefined) continue;
        const skipped = messages.length - (pieces.length - 2);
        for (let count = 2; count <= messages.length; count++)
          expect(pieces.slice(0, count - skipped + 1).join('') + pieces.at(-1)).toBe(
            render({ ...given, messages: messages.slice(0, count) }, 0),
          );
      }
  },
);

test.each(Object.entries(aheadTemplates))('%s: looks ahead, and gets no marks', async (_, source) => {
  expect((await compileTemplate(source)).renderMarked).toBeUndefined();
});

describe('a renderer', async () => {
  const tokenizer = await trainTokenizer(['Be brief. Say No. Bye user assistant'], {
    vocabularySize: 300,
    specialTokens: ['<|im_start|>', '<|im_end|>'],
  });
  const turns = (count: number) =>
    Array.from({ length: count }, (_, i) => textMessage(i % 2 ? 'assistant' : 'user', ` Say ${i} `));

  test.each(Object.entries(localTemplates))(
    '%s: gives the same where nothing is known',
    async (_, template) => {
      const marked = await createTemplateRenderer(tokenizer, { chatTemplate: template, tokens: {} });
      const ahead = `{% if messages | length > 99 %}{% endif %}${template}`;
      const plain = await createTemplateRenderer(tokenizer, { chatTemplate: ahead, tokens: {} });
      for (const system of [[], [textMessage('system', 'Be brief.')]])
        for (const count of [2, 3, 6]) {
          const conversation = { messages: [...system, ...turns(count)] };
          expect(marked.render(conversation)).toEqual(plain.render(conversation));
          if (count === 3)
            expect(marked.renderPrompt(conversation)).toEqual(plain.renderPrompt(conversation));
        }
    },
  );

  test('4,000 messages in the time of the text (by beginnings it takes minutes)', async () => {
    const renderer = await createTemplateRenderer(tokenizer, {
      chatTemplate: localTemplates.chatml,
      tokens: {},
    });
    const { mask } = renderer.render({ messages: turns(4000) });
    const ends = mask.reduce((count, trained, i) => count + (trained === 1 && mask[i + 1] !== 1 ? 1 : 0), 0);
    expect(ends).toBe(2000);
  });
});
