import { expect, test } from 'vitest';
import type { AnswerPart } from '../../assistant.js';
import { AnswerFeed } from './answer-feed.js';
import { piecesOf } from './pieces.js';

const end: AnswerPart = {
  type: 'end',
  reason: 'stop',
  promptTokens: 1,
  completionTokens: 1,
  omittedMessages: 0,
};
const text = (value: string): AnswerPart => ({ type: 'text', text: value });
const tokens = (...ids: number[]): AnswerPart => ({
  type: 'tokens',
  tokens: ids.map((id) => ({ id, bytes: new Uint8Array(), logProbability: -id, top: [] })),
});

async function* parts(...values: AnswerPart[]): AsyncGenerator<AnswerPart, void, undefined> {
  for (const value of values) {
    await Promise.resolve();
    yield value;
  }
}

async function collect<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const all: Value[] = [];
  for await (const value of values) all.push(value);
  return all;
}

test('generation does not wait for its reader, who finds pieces of text joined', async () => {
  const feed = new AnswerFeed([parts(...Array.from('abcdef', text), end)], () => {});
  await feed.finished;
  expect(await collect(feed)).toEqual([
    { choice: 0, part: text('abcdef') },
    { choice: 0, part: end },
  ]);
});

test('choices are told apart, each in its order', async () => {
  const feed = new AnswerFeed([parts(text('a'), text('b'), end), parts(text('c'), end)], () => {});
  const all = await collect(feed);
  const of = (choice: number) =>
    all.map((each) => (each.choice === choice && each.part.type === 'text' ? each.part.text : '')).join('');
  expect([of(0), of(1)]).toEqual(['ab', 'c']);
  expect(all.filter(({ part }) => part.type === 'end')).toHaveLength(2);
});

test('the failure of one choice ends all of them', async () => {
  const stopped: unknown[] = [];
  async function* failing(): AsyncGenerator<AnswerPart, void, undefined> {
    yield text('a');
    throw new Error('broken');
  }
  const feed = new AnswerFeed([failing(), parts(text('b'), end)], (error) => stopped.push(error));
  await expect(collect(feed)).rejects.toThrow('broken');
  await feed.finished;
  expect(stopped).toMatchObject([{ message: 'broken' }]);
});

test('tokens are told with the part before them', async () => {
  const feed = new AnswerFeed(
    [parts(tokens(9), text('a'), tokens(1), tokens(2), text('b'), tokens(3), end)],
    () => {},
  );
  const pieces = await collect(piecesOf(feed, true));
  expect(pieces.map(({ part, tokens: reported }) => [part.type, reported.map(({ id }) => id)])).toEqual([
    ['text', [9]],
    ['text', [1, 2]],
    ['text', [3]],
    ['end', []],
  ]);
});
