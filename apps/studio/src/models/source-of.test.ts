import { beforeAll, expect, test } from 'vitest';

beforeAll(() => {
  Object.assign(globalThis, { document: { baseURI: 'http://localhost:1/x/', querySelector: () => null } });
});

test('names of addresses, and what is none', async () => {
  const { sourceOf, stagesIn } = await import('./source-of.js');
  const keys = ['sft/model/latest.json', 'pretrain/model/latest.json', 'rl/model/other.json'];
  const run = { id: 'a', keys };
  expect(stagesIn(keys)).toEqual(['pretrain', 'sft']);
  expect(sourceOf('sft', run)).toEqual({
    ...{ kind: 'served', keys, stage: 'sft' },
    address: 'http://localhost:1/x/api/runs/a/files',
  });
  expect(sourceOf('here:model-1', undefined)).toEqual({ kind: 'kept', name: 'model-1' });
  expect(sourceOf('hf:owner/name', undefined)).toEqual({ kind: 'named', source: 'hf:owner/name' });
  expect(sourceOf('https://host/x.gguf', undefined)).toMatchObject({ kind: 'named' });
  for (const name of ['rl', 'javascript:alert(1)', '', 'owner/name', 'sft ', 'server:', 'file:x'])
    expect(sourceOf(name, run), name).toBe(undefined);
  const left = [
    'lab/a-b/steps-first/model/latest.json',
    'lab/a-b/steps-first/model/x/y',
    'lab/c/parts/d.json',
  ];
  expect(sourceOf('lab:a-b/steps-first', { id: 'a', keys: left })).toEqual({
    ...{ kind: 'served', keys: ['latest.json', 'x/y'] },
    address: 'http://localhost:1/x/api/runs/a/files/lab/a-b/steps-first/model',
  });
  for (const name of ['lab:a-b', 'lab:a-b/../x', 'lab:c/parts', 'lab:'])
    expect(sourceOf(name, { id: 'a', keys: left }), name).toBe(undefined);
  expect(sourceOf('sft', undefined)).toBe(undefined);
  expect(sourceOf('server:big', undefined)).toEqual({ kind: 'server', model: 'big' });
});
