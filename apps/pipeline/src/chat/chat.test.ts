import { ByteTokenizer, chatControlTokens, TemplateRenderer } from '@llm/core/testing';
import { calculator } from '@llm/rl';
import { describe, expect, test } from 'vitest';
import { ScriptedModel } from '../testing/scripted-model.js';
import { AnswerStream, answerText } from './answer-stream.js';
import { chatHelp, chatLoop } from './chat-loop.js';
import { ChatSession } from './chat-session.js';

const tokenizer = new ByteTokenizer(chatControlTokens);
const renderer = new TemplateRenderer(tokenizer);
const control = (name: string): number => tokenizer.specialTokens.get(`<|${name}|>`) as number;
const say = (text: string): number[] => [...tokenizer.encode(text), control('assistant_end')];
const sum = [
  ...tokenizer.encode('It is '),
  control('tool_call_start'),
  ...tokenizer.encode('calculator 12+30'),
  control('tool_call_end'),
  ...say('42.'),
];

function session(
  answers: readonly (readonly number[])[],
  contextLength = 400,
): { chat: ChatSession; model: ScriptedModel } {
  const model = new ScriptedModel(tokenizer.vocabularySize, contextLength, answers);
  return { chat: new ChatSession({ model, tokenizer, renderer, tools: [calculator], seed: 1 }), model };
}

async function converse(chat: ChatSession, lines: string[]): Promise<string> {
  let written = '';
  await chatLoop(chat, {
    lines: (async function* () {
      yield* lines;
    })(),
    write: (text) => {
      written += text;
    },
    ready: () => undefined,
    startAnswer: () => new AbortController().signal,
  });
  return written;
}

describe('answer stream', () => {
  test('never prints part of a character, whatever the script', () => {
    const text = 'naïve Ωmega 日本語 👩🏽‍🚀 end';
    const stream = new AnswerStream(tokenizer);
    const pieces = Array.from(tokenizer.encode(text), (id) => stream.push(id));
    expect(pieces.join('') + stream.end()).toBe(text);
    for (const piece of pieces) {
      expect(piece).not.toContain('\ufffd');
      expect(piece).not.toMatch(/\p{Surrogate}/u);
    }
    // One byte at a time: a four-byte character appears only with its last byte.
    expect(pieces.filter((piece) => piece === '')).toHaveLength(
      new TextEncoder().encode(text).length - [...text].length,
    );
  });

  test('bytes that never become a character are shown as one at the end, and a stray one does not stop the rest', () => {
    expect(answerText(tokenizer, [0x61, 0xe2, 0x82])).toBe('a\ufffd');
    expect(answerText(tokenizer, [0xe2, 0x82, 0x61])).toBe('\ufffda');
    expect(answerText(tokenizer, [0xf0, 0x9f, control('assistant_end'), 0x62])).toBe('\ufffdb');
  });
});

describe('chat', () => {
  test('the calculator answers in the middle of an answer', async () => {
    const { chat } = session([sum]);
    expect(await converse(chat, ['What is 12+30?'])).toBe('It is ⟨calculator 12+30 → 42⟩42.\n');
    expect(chat.turns).toBe(1);
  });

  test('remembers the conversation, forgets it on /reset', async () => {
    const { chat, model } = session([say('Hello.')]);
    await converse(chat, ['Hi', 'Again', '/reset', 'New']);
    const [first, second, third] = model.prompts.map((ids) => tokenizer.decode(ids));
    expect(first).toBe('<|bos|><|user_start|>Hi<|user_end|><|assistant_start|>');
    expect(second).toBe(
      '<|bos|><|user_start|>Hi<|user_end|><|assistant_start|>Hello.<|assistant_end|><|user_start|>Again<|user_end|><|assistant_start|>',
    );
    expect(third).toBe('<|bos|><|user_start|>New<|user_end|><|assistant_start|>');
  });

  test('drops the oldest turns when the window is full, and says when one message alone is too long', async () => {
    const { chat, model } = session([say('A rather long answer.')], 80);
    const written = await converse(chat, ['one', 'two', 'three', 'x'.repeat(120), 'four']);
    for (const prompt of model.prompts) expect(prompt.length).toBeLessThan(80);
    expect(tokenizer.decode(model.prompts[2] as Int32Array)).toContain('two');
    expect(tokenizer.decode(model.prompts[2] as Int32Array)).not.toContain('one');
    expect(written).toContain('The message has 124 tokens; the model sees 80 at a time.');
    expect(model.prompts).toHaveLength(4);
  });

  test('commands', async () => {
    const { chat, model } = session([say('ok')]);
    expect(await converse(chat, ['/help'])).toBe(chatHelp);
    expect(await converse(chat, ['/temperature 0', 'Hi', '/temperature', '/temperature hot', '/fly'])).toBe(
      'The temperature is now 0.\nok\nThe temperature is 0.\nGive a temperature from 0 to 10, for example /temperature 0.7\nThere is no command /fly; /help lists them.\n',
    );
    expect(model.options[0]?.temperature).toBe(0);
    expect(await converse(chat, ['/quit', 'Hi'])).toBe('');
  });

  test('a stopped answer is kept as far as it came; a cut tool call is not', async () => {
    const { chat, model } = session([
      [...tokenizer.encode('Well'), control('tool_call_start'), 0x31],
      say('ok'),
    ]);
    await converse(chat, ['Hi', 'Go on']);
    expect(tokenizer.decode(model.prompts[1] as Int32Array)).toBe(
      '<|bos|><|user_start|>Hi<|user_end|><|assistant_start|>Well<|assistant_end|><|user_start|>Go on<|user_end|><|assistant_start|>',
    );
  });

  test('whatever the model writes, the conversation goes on: only what can be rendered again is kept', async () => {
    const calling = (written: string) => [
      control('tool_call_start'),
      ...tokenizer.encode(written),
      control('tool_call_end'),
    ];
    const output = [control('tool_output_start'), ...tokenizer.encode('7'), control('tool_output_end')];
    const user = '<|user_start|>Hi<|user_end|><|assistant_start|>';
    for (const [answer, kept] of [
      [[...calling(''), ...say('It is 7.')], 'It is 7.'],
      [[...calling(' 1+1'), ...output, ...say('It is 7.')], 'It is 7.'],
      [[...output, ...say('It is 7.')], 'It is 7.'],
      [
        [...calling('calculator 1+1'), ...output, ...say('ok')],
        '<|tool_call_start|>calculator 1+1<|tool_call_end|><|tool_output_start|>2<|tool_output_end|>ok',
      ],
      [[...tokenizer.encode('a'), control('user_start'), ...tokenizer.encode('b')], 'ab'],
      [[...calling('calculator 1+1').slice(0, -1)], undefined],
      [[control('tool_output_start'), control('tool_call_start')], undefined],
    ] as const) {
      const { chat, model } = session([answer, say('fine')]);
      const written = await converse(chat, ['Hi', 'And now?']);
      expect(written.endsWith('fine\n')).toBe(true);
      const past = kept === undefined ? '' : `${user}${kept}<|assistant_end|>`;
      expect(tokenizer.decode(model.prompts[1]!)).toBe(
        `<|bos|>${past}<|user_start|>And now?<|user_end|><|assistant_start|>`,
      );
    }
  });

  test('rows of padding in the model’s vocabulary are neither asked for nor shown nor remembered', async () => {
    const padding = [tokenizer.vocabularySize, tokenizer.vocabularySize + 60];
    const { chat, model } = session([[...tokenizer.encode('It'), ...padding, ...say(' is.')], say('ok')]);
    expect(await converse(chat, ['Hi', 'Go on'])).toBe('It is.\nok\n');
    expect(model.options[0]?.vocabularySize).toBe(tokenizer.vocabularySize);
    expect(tokenizer.decode(model.prompts[1]!)).toContain('It is.<|assistant_end|>');
  });

  test('a message that is too long is refused and forgets nothing', async () => {
    const { chat, model } = session([say('Hello.')], 80);
    const written = await converse(chat, ['one', 'x'.repeat(120), 'two']);
    expect(written).toContain('The message has 124 tokens');
    expect(tokenizer.decode(model.prompts[1]!)).toContain('one<|user_end|><|assistant_start|>Hello.');
  });

  test('options that are no such numbers are refused by name', () => {
    const { options } = session([say('ok')]).chat;
    for (const [option, value] of [
      ['temperature', Number.NaN],
      ['temperature', -1],
      ['topP', 1.5],
      ['topK', -1],
      ['maxNewTokens', 0.5],
      ['seed', Number.NaN],
    ] as const)
      expect(() => new ChatSession({ ...options, [option]: value })).toThrow(`${option} is ${value}`);
  });
});
