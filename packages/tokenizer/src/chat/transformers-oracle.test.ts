/**
 * Ids against transformers' `apply_chat_template`, recorded by
 * tooling/oracles/tokenizer/chat-template-fixtures.py.
 */
import { readFileSync } from 'node:fs';
import type { Conversation, JsonValue, Message, Part } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { fromTokenizerJson } from '../formats/read-tokenizer-json.js';
import { type TemplateMessage, templateMessages } from './template-messages.js';
import { createTemplateRenderer } from './template-renderer.js';
import { chatTemplate } from './tokenizer-config.js';

interface Fixture {
  readonly tokenizer: JsonValue;
  readonly templates: Record<string, { template: string; tokens: Record<string, string> }>;
  readonly toolsets: Record<string, JsonValue[] | null>;
  readonly conversations: Record<string, TemplateMessage[]>;
  readonly cases: readonly {
    readonly template: string;
    readonly conversation: string;
    readonly tools: string;
    readonly ids: number[];
    /** Messages before the prompt's end, and its ids. */
    readonly prompts: readonly (readonly [number, number[]])[];
  }[];
}
const fixture = JSON.parse(
  readFileSync(new URL('../fixtures/chat-templates.json', import.meta.url), 'utf8'),
) as Fixture;
const tokenizer = fromTokenizerJson(JSON.stringify(fixture.tokenizer));

/** The messages of transformers as our conversation: calls and outputs are parts of one assistant message. */
function conversationOf(messages: readonly TemplateMessage[]): Conversation {
  const result: { role: Message['role']; parts: Part[] }[] = [];
  for (const { role, content, tool_calls: calls = [] } of messages) {
    const isAssistant = role === 'assistant' || role === 'tool';
    if (!isAssistant) result.push({ role, parts: [] });
    else if (result.at(-1)?.role !== 'assistant') result.push({ role: 'assistant', parts: [] });
    const { parts } = result.at(-1)!;
    if (role === 'tool') parts.push({ type: 'tool-output', text: content });
    else if (content !== '') parts.push({ type: 'text', text: content });
    for (const { function: called } of calls) {
      const input = called.arguments;
      parts.push({
        type: 'tool-call',
        tool: called.name,
        input: typeof input === 'string' ? input : JSON.stringify(input),
      });
    }
  }
  return { messages: result };
}

test('conversations become the messages of transformers', () => {
  for (const messages of Object.values(fixture.conversations))
    expect(templateMessages(conversationOf(messages))).toEqual(messages);
});

test('our own template is the one that was recorded', () => {
  expect(fixture.templates.own!.template).toBe(chatTemplate);
});

describe.each(fixture.cases)(
  'template "$template", $conversation, tools: $tools',
  ({ template, conversation, tools, ids, prompts }) => {
    const { template: source, tokens } = fixture.templates[template]!;
    const toolset = fixture.toolsets[tools];
    const messages = fixture.conversations[conversation]!;
    const renderer = createTemplateRenderer(
      tokenizer,
      { chatTemplate: source, tokens },
      toolset ? { tools: toolset } : {},
    );

    test('the ids of transformers, the assistant trained from each prompt to its control token', async () => {
      const { render, renderPrompt } = await renderer;
      const rendered = render(conversationOf(messages));
      expect([...rendered.ids]).toEqual(ids);
      for (const [count, prompt] of prompts) {
        expect([...renderPrompt(conversationOf(messages.slice(0, count)))]).toEqual(prompt);
        if (count === messages.length) continue;
        expect(ids.slice(0, prompt.length)).toEqual(prompt);
        expect([...rendered.mask].slice(prompt.length - 1, prompt.length + 1)).toEqual([0, 1]);
      }
      const ends = [...ids.keys()].filter((i) => rendered.mask[i] === 1 && rendered.mask[i + 1] !== 1);
      expect(ends.length).toBe(messages.filter(({ role }) => role === 'assistant').length);
      for (const end of ends) expect(tokenizer.byteLength(ids[end]!)).toBe(0);
    });
  },
);

test.each(Object.entries(fixture.templates))(
  'template "%s": control tokens in what was said, asked and answered come out as text',
  async (_, { template, tokens }) => {
    const { render } = await createTemplateRenderer(tokenizer, { chatTemplate: template, tokens });
    const added = tokenizer.definition.addedTokens ?? [];
    const clean = conversationOf(fixture.conversations['a call, its output, an answer']!);
    const controls = (of: Conversation): number[] =>
      [...render(of).ids].filter((id) => added.some((token) => token.id === id));
    const expected = controls(clean);
    const contents = added.map(({ content }) => content);
    // Whole tokens, and parts that the template's own text could complete.
    const parts = contents.flatMap((content) => [
      content.slice(1),
      content.slice(0, -1),
      content.slice(2, -2),
    ]);
    for (const hostile of [contents.join(' '), contents.join(''), ...parts.filter((part) => part !== '')]) {
      const poison = (part: Part): Part =>
        part.type === 'tool-call'
          ? { ...part, input: JSON.stringify({ a: hostile, [hostile]: [`${hostile}x`] }) }
          : { ...part, text: `${hostile} ${part.text} ${hostile}` };
      const messages = clean.messages.map((message) => ({ ...message, parts: message.parts.map(poison) }));
      expect(controls({ messages })).toEqual(expected);
      expect(tokenizer.decode(render({ messages }).ids)).toContain(
        `${hostile} Is it raining in Málaga? ${hostile}`,
      );
    }
  },
);
