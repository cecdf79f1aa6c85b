import { beforeAll, expect, test } from 'vitest';
import type { ServerModel } from '../wire/index.js';

beforeAll(() => {
  Object.assign(globalThis, { document: { baseURI: 'http://localhost:1/x/', querySelector: () => null } });
});

test('names of addresses, and what is none', async () => {
  const { sourceOf, stagesIn } = await import('./source-of.js');
  const keys = ['sft/model/latest.json', 'pretrain/model/latest.json', 'rl/model/other.json'];
  const run = { id: 'a', keys };
  expect(stagesIn(keys)).toEqual(['pretrain', 'sft']);
  expect(sourceOf('sft', { run })).toEqual({
    ...{ kind: 'served', keys, stage: 'sft' },
    address: 'http://localhost:1/x/api/runs/a/files',
  });
  expect(sourceOf('here:model-1', {})).toEqual({ kind: 'kept', name: 'model-1' });
  expect(sourceOf('hf:owner/name', {})).toEqual({ kind: 'named', source: 'hf:owner/name' });
  expect(sourceOf('https://host/x.gguf', {})).toMatchObject({ kind: 'named' });
  for (const name of ['rl', 'javascript:alert(1)', '', 'owner/name', 'sft ', 'server:x', 'file:x'])
    expect(sourceOf(name, { run }), name).toBe(undefined);
  expect(sourceOf('sft', {})).toBe(undefined);
  const model = { name: 'big', canChat: true } as ServerModel;
  expect(sourceOf('server:big', { server: [model] })).toEqual({
    ...{ kind: 'server', model },
    address: 'http://localhost:1/x/v1/',
  });
});
