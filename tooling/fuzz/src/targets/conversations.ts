import { renderableParts, textMessage } from '@llm/core';
import { arc, blimp, gsm8k, hellaSwag, lambada, mmlu } from '@llm/model/evaluation';
import { calculator, finalAnswerReward } from '@llm/rl';
import { readConversations } from '@llm/sft';
import { chatTemplate, createChatRenderer, createTemplateRenderer } from '@llm/tokenizer';
import { RowReader } from '../../../../packages/model/src/evaluation/row-reader.js';
import { bytesOf, type FuzzTarget, textOf } from '../fuzz-target.js';
import { tokenizer } from './sample-tokenizer.js';

const call = { type: 'tool-call', tool: 'calculator', arguments: '{"a": 1}' } as const;
const ours = createChatRenderer(tokenizer);
const ofTemplate = await createTemplateRenderer(tokenizer, {
  chatTemplate,
  toolChatTemplate: undefined,
  tokens: { bos_token: '<|bos|>', eos_token: '<|assistant_end|>' },
});
const answer = ours.render({
  messages: [
    textMessage('user', '2+2?'),
    {
      role: 'assistant',
      parts: [
        { type: 'text', text: 'I ask.' },
        call as never,
        { type: 'tool-output', text: '4' },
        { type: 'text', text: '#### 4' },
      ],
    },
  ],
}).ids;

const tasks = { arc, blimp, gsm8k, hellaSwag, lambada, mmlu };
const row = (value: unknown): Uint8Array => bytesOf(JSON.stringify(value));

export const conversationTargets: readonly FuzzTarget[] = [
  {
    name: 'conversations',
    seeds: {
      openai: bytesOf(
        '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]}\n{"question": "2+2?", "answer": "It is <<2+2=4>>4.\\n#### 4"}\n',
      ),
      tools: bytesOf(
        '{"messages": [{"role": "user", "content": [{"type": "text", "text": "2+2?"}]}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "add", "arguments": "{\\"a\\": 2, \\"b\\": 2.0}"}}]}, {"role": "tool", "tool_call_id": "a", "content": "4"}, {"role": "assistant", "content": "4", "weight": 0}]}\n',
      ),
      sharegpt: bytesOf(
        '{"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello."}]}\n{"prompt": "a", "completion": "b"}\n',
      ),
      alpaca: bytesOf('{"instruction": "Say it.", "input": "", "output": "abc", "history": [["a", "b"]]}\n'),
    },
    run: async (bytes) => {
      const { conversations } = await readConversations(textOf(bytes));
      for (const conversation of conversations) ours.render(conversation);
    },
  },
  {
    // Two bytes an id: a model writes what it likes.
    name: 'model output',
    seeds: { answer: new Uint8Array(Uint16Array.from(answer).buffer) },
    run: (bytes) => {
      const ids = Uint16Array.from(
        { length: bytes.length >> 1 },
        (_, i) => bytes[2 * i]! + 256 * bytes[2 * i + 1]!,
      );
      for (const renderer of [ours, ofTemplate]) {
        renderer.openToolCall(ids);
        const parsed = renderer.parse(ids);
        finalAnswerReward('flexible')({ id: 'a', answer: '4', prompt: [] } as never, parsed.parts);
        const parts = renderableParts(parsed);
        if (parts.length > 0 && renderer === ours)
          renderer.render({ messages: [textMessage('user', 'x'), { role: 'assistant', parts }] });
      }
    },
  },
  {
    name: 'evaluation rows',
    seeds: {
      arc: row({ question: 'Why?', choices: { text: ['a', 'b'], label: ['A', 'B'] }, answerKey: 'A' }),
      blimp: row({ sentence_good: 'a b', sentence_bad: 'b a', UID: 'x' }),
      gsm8k: row({ question: 'How many?', answer: '<<1+1=2>>2\n#### 2' }),
      hellaSwag: row({
        ctx_a: 'A man',
        ctx_b: 'he',
        activity_label: 'Run',
        endings: ['runs', 'sits'],
        label: '1',
      }),
      lambada: row({ text: 'the cat sat on the mat' }),
      mmlu: row({ question: 'Why?', subject: 'law', choices: ['a', 'b', 'c', 'd'], answer: 2 }),
    },
    run: (bytes, file) => {
      let value: unknown;
      try {
        value = JSON.parse(textOf(bytes));
      } catch {
        return;
      }
      tasks[file as keyof typeof tasks].read(new RowReader(value, 'row 1', file));
    },
  },
  {
    name: 'calculator',
    seeds: { sum: bytesOf('12+30*(4-1)/7'), decimals: bytesOf('-0.1+0.2'), power: bytesOf('2^10') },
    run: (bytes) => calculator.call(textOf(bytes)),
  },
];
