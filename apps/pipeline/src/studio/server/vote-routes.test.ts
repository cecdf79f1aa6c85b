// Votes over HTTP and in the run directory, where processes are killed and pages ask twice.
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPreferences } from '@llm/sft';
import type { KeptVotes, Vote } from '@llm/studio/wire';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RunCatalog } from '../runs/run-catalog.js';
import { createStudio } from './create-studio.js';

let directory: string;
let app: ReturnType<typeof createStudio>;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'votes-'));
  writeFileSync(join(directory, 'config.json'), '{}');
  app = createStudio({ catalog: new RunCatalog([directory], join(directory, 'none')) });
});
afterEach(() => rmSync(directory, { recursive: true }));

const vote = (id: string, more: Partial<Vote> = {}): Vote => ({
  id,
  kind: 'arena',
  time: 1,
  prompt: [{ role: 'user', content: 'Who are you?' }],
  left: { from: 'sft', messages: [{ role: 'assistant', content: 'I am <b>.' }] },
  right: { from: 'rl', messages: [{ role: 'assistant', content: `Nobody (${id}).` }] },
  verdict: 'right',
  ...more,
});
const url = (): string => `/api/runs/${directory.split('/').at(-1)}/votes`;
const send = async (body: unknown, headers: Record<string, string> = {}): Promise<Response> => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return app.request(url(), {
    method: 'POST',
    body: text,
    headers: {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(text)),
      ...headers,
    },
  });
};
const kept = async (): Promise<KeptVotes> => (await app.request(url())).json() as Promise<KeptVotes>;

test('a vote is kept once, can be taken back, and is a pair for training', async () => {
  expect(await kept()).toMatchObject({ votes: [], damaged: 0 });
  await send({ votes: [vote('a')] });
  await send({ votes: [vote('a'), vote('b')] });
  const file = join(directory, 'preferences/votes.jsonl');
  expect(readFileSync(file, 'utf8').match(/"id"/g)).toHaveLength(2);
  const answer = (await (await send({ votes: [vote('b', { verdict: 'withdrawn' })] })).json()) as KeptVotes;
  expect(answer).toEqual(await kept());
  expect(answer.votes).toEqual([vote('a')]);
  const { pairs } = await readPreferences(readFileSync(answer.pairs!, 'utf8'));
  expect(pairs.map(({ id, chosen }) => [id, chosen])).toEqual([
    ['a', [{ type: 'text', text: 'Nobody (a).' }]],
  ]);
});

test('half a line that a killed process left harms no other', async () => {
  await send({ votes: [vote('a')] });
  appendFileSync(join(directory, 'preferences/votes.jsonl'), JSON.stringify(vote('b')).slice(0, -30));
  await send({ votes: [vote('c')] });
  const { votes, damaged } = await kept();
  expect([votes.map(({ id }) => id), damaged]).toEqual([['a', 'c'], 1]);
});

test('votes that come at the same time are all kept', async () => {
  await Promise.all(Array.from({ length: 20 }, (_, at) => send({ votes: [vote(`v${at}`)] })));
  expect((await kept()).votes).toHaveLength(20);
});

test('what is no vote is refused whole, by place', async () => {
  for (const body of ['', 'x', '[]', '{"votes": 1}', { votes: [vote('a'), { ...vote('b'), id: '../b' }] }]) {
    const response = await send(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'pipeline/votes-invalid' } });
  }
  expect((await send({ votes: [vote('a')] }, { 'content-type': 'text/plain' })).status).toBe(400);
  expect((await send({ votes: [vote('a')] }, { 'content-length': '99000000' })).status).toBe(400);
  expect((await kept()).votes).toEqual([]);
  mkdirSync(join(directory, 'x'));
  expect((await app.request('/api/runs/none/votes')).status).toBe(404);
});
