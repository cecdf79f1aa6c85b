import { describe, expect, test } from 'vitest';
import { byteTokenizer, type ScriptedModel, scriptedAssistant } from '../testing/scripted-model.js';
import { AnswerText } from './answer-text.js';
import { chatHelp, chatLoop } from './chat-loop.js';
import { ChatSession } from './chat-session.js';
import { ownTools } from './own-tools.js';

const tokenizer = await byteTokenizer;
const control = (name: string): number => tokenizer.specialTokens.get(`<|${name}|>`) as number;
const say = (text: string): number[] => [...tokenizer.encode(text), control('assistant_end')];
const calling = (written: string): number[] => [
  control('tool_call_start'),
  ...tokenizer.encode(written),
  control('tool_call_end'),
];

async function session(
  answers: readonly (readonly number[])[],
  contextLength = 400,
): Promise<{ chat: ChatSession; model: ScriptedModel }> {
  const { assistant, model } = await scriptedAssistant(answers, { contextLength });
  return { chat: new ChatSession({ assistant, tools: ownTools(assistant), seed: 1 }), model };
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

describe('chat', () => {
  test('the calculator answers in the middle of an answer, and the conversation has it', async () => {
    const { chat, model } = await session([
      [...tokenizer.encode('It is '), ...calling('calculator 12+30')],
      say('42.'),
    ]);
    expect(await converse(chat, ['What is 12+30?', 'Sure?'])).toBe(
      'It is ⟨calculator 12+30 → 42⟩42.\nIt is ⟨calculator 12+30 → 42⟩42.\n',
    );
    expect(chat.turns).toBe(2);
    const first =
      '<|bos|><|user_start|>What is 12+30?<|user_end|><|assistant_start|>It is <|tool_call_start|>calculator 12+30<|tool_call_end|><|tool_output_start|>42<|tool_output_end|>';
    expect(model.prompts.map((ids) => tokenizer.decode(ids)).slice(1, 3)).toEqual([
      first,
      `${first.replace('is <', 'is<')}42.<|assistant_end|><|user_start|>Sure?<|user_end|><|assistant_start|>`,
    ]);
  });

  test('remembers the conversation, forgets it on /reset', async () => {
    const { chat, model } = await session([say('Hello.')]);
    await converse(chat, ['Hi', 'Again', '/reset', 'New']);
    const [first, second, third] = model.prompts.map((ids) => tokenizer.decode(ids));
    expect(first).toBe('<|bos|><|user_start|>Hi<|user_end|><|assistant_start|>');
    expect(second).toBe(
      '<|bos|><|user_start|>Hi<|user_end|><|assistant_start|>Hello.<|assistant_end|><|user_start|>Again<|user_end|><|assistant_start|>',
    );
    expect(third).toBe('<|bos|><|user_start|>New<|user_end|><|assistant_start|>');
  });

  test('drops the oldest turns when the window is full, and says when one message alone is too long', async () => {
    const { chat, model } = await session([say('A rather long answer.')], 80);
    const written = await converse(chat, ['one', 'two', 'three', 'x'.repeat(120), 'four']);
    for (const prompt of model.prompts) expect(prompt.length).toBeLessThan(80);
    expect(tokenizer.decode(model.prompts[2] as Int32Array)).toContain('two');
    expect(tokenizer.decode(model.prompts[2] as Int32Array)).not.toContain('one');
    expect(written).toContain('The last message has 124 tokens; the model sees 80 with its answer.');
    expect(model.prompts).toHaveLength(4);
  });

  test('commands', async () => {
    const { chat, model } = await session([say('ok')]);
    expect(await converse(chat, ['/help'])).toBe(chatHelp);
    expect(await converse(chat, ['/temperature 0', 'Hi', '/temperature', '/temperature hot', '/fly'])).toBe(
      'The temperature is now 0.\nok\nThe temperature is 0.\nGive a temperature from 0 to 10, for example /temperature 0.7\nThere is no command /fly; /help lists them.\n',
    );
    expect(model.options[0]?.temperature).toBe(0);
    expect(await converse(chat, ['/quit', 'Hi'])).toBe('');
  });

  test('a call that was cut is kept as the text it is', async () => {
    const { chat, model } = await session([
      [...tokenizer.encode('Well'), control('tool_call_start'), ...tokenizer.encode('1')],
      say('ok'),
    ]);
    await converse(chat, ['Hi', 'Go on']);
    expect(tokenizer.decode(model.prompts[1] as Int32Array)).toBe(
      '<|bos|><|user_start|>Hi<|user_end|><|assistant_start|>Well1<|assistant_end|><|user_start|>Go on<|user_end|><|assistant_start|>',
    );
  });

  test('whatever the model writes, the conversation goes on: what is no call stays text', async () => {
    const output = [control('tool_output_start'), ...tokenizer.encode('7'), control('tool_output_end')];
    const user = '<|user_start|>Hi<|user_end|><|assistant_start|>';
    for (const [answer, kept] of [
      [[...calling(''), ...say('It is 7.')], 'It is 7.'],
      [[...calling(' 1+1'), ...output, ...say('It is 7.')], ' 1+17It is 7.'],
      [[...output, ...say('It is 7.')], '7It is 7.'],
      [[...tokenizer.encode('a'), control('user_start'), ...tokenizer.encode('b')], 'ab'],
      [[...calling('calculator 1+1').slice(0, -1)], 'calculator 1+1'],
      [[control('tool_output_start'), control('tool_call_start')], undefined],
    ] as const) {
      const { chat, model } = await session([answer, say('fine')]);
      const written = await converse(chat, ['Hi', 'And now?']);
      expect(written.endsWith('fine\n')).toBe(true);
      const past = kept === undefined ? '' : `${user}${kept}<|assistant_end|>`;
      expect(tokenizer.decode(model.prompts.at(-1)!)).toBe(
        `<|bos|>${past}<|user_start|>And now?<|user_end|><|assistant_start|>`,
      );
    }
  });

  test('rows of padding in the model’s vocabulary are neither asked for nor shown nor remembered', async () => {
    const padding = [tokenizer.vocabularySize, tokenizer.vocabularySize + 60];
    const { assistant, model } = await scriptedAssistant(
      [[...tokenizer.encode('It'), ...padding, ...say(' is.')], say('ok')],
      {
        padding: 64,
      },
    );
    const chat = new ChatSession({ assistant, tools: [], seed: 1 });
    expect(await converse(chat, ['Hi', 'Go on'])).toBe('It is.\nok\n');
    expect(model.options[0]?.vocabularySize).toBe(tokenizer.vocabularySize);
    expect(tokenizer.decode(model.prompts[1]!)).toContain('It is.<|assistant_end|>');
  });

  test('a message that is too long is refused and forgets nothing', async () => {
    const { chat, model } = await session([say('Hello.')], 80);
    const written = await converse(chat, ['one', 'x'.repeat(120), 'two']);
    expect(written).toContain('The last message has 124 tokens');
    expect(tokenizer.decode(model.prompts[1]!)).toContain('one<|user_end|><|assistant_start|>Hello.');
  });

  test('options that are no such numbers are refused by name', async () => {
    const { options } = (await session([say('ok')])).chat;
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

test('an answer that is stopped is kept as far as it came', async () => {
  const { chat, model } = await session([say('One two three'), say('ok')]);
  const stop = new AbortController();
  let written = '';
  const print = (text: string): void => {
    written += text;
    if (written.endsWith('two')) stop.abort();
  };
  await chat.ask('Count', print, stop.signal);
  expect(written).toMatch(/^One two/);
  expect(written).not.toContain('three');
  await chat.ask('Go on', () => undefined);
  expect(tokenizer.decode(model.prompts[1]!)).toContain(`<|assistant_start|>${written}<|assistant_end|>`);
});

test('thinking and several calls at once can be told apart', () => {
  const shown = new AnswerText();
  const call = (id: string, input: string) =>
    ({ type: 'tool-call', call: { id, name: 'add', arguments: input } }) as const;
  const parts = [
    { type: 'thinking', text: 'Hm' },
    { type: 'thinking', text: '…' },
    { type: 'text', text: 'So' },
    call('a', '[1,2]'),
    call('b', '[3]'),
    { type: 'tool-output', toolCallId: 'a', text: '3' },
    { type: 'end', reason: 'tool-calls', promptTokens: 1, completionTokens: 1, omittedMessages: 0 },
  ] as const;
  expect(parts.map((part) => shown.push(part)).join('')).toBe('⟨Hm…⟩\nSo ⟨add [1,2] → 3⟩ ⟨add [3]⟩');
});
