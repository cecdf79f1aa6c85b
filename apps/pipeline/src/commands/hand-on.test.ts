// Slow: runs the data stage, which loads its language model
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectoryStore } from '@llm/core/node';
import { importTorchrun } from '@llm/model/node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCommandLine } from '../command-line.js';
import { checkpointPrefix, newestWholeCheckpoint } from '../models/stage-checkpoints.js';
import { readStageState, writeStageState } from '../run/stage-state.js';
import { captureOutput } from '../testing/captured-output.js';
import { documentRow } from '../testing/documents.js';
import { handOnRun, takeBackRun } from './hand-on.js';

const home = process.cwd();
beforeEach(() => process.chdir(mkdtempSync(join(tmpdir(), 'llm-hand-on-'))));
afterEach(() => process.chdir(home));

test('a base model is handed on to PyTorch, and what comes back is where the run goes on', async () => {
  writeFileSync('docs.jsonl', [0, 1, 2, 3].map((number) => documentRow(number)).join(''));
  const output = captureOutput();
  const start = ['pretrain', '--preset', 'smoke', '--jsonl', 'docs.jsonl', '--run', 'run', '--steps', '3'];
  expect(await runCommandLine(start, output), output.err()).toBe(0);
  const llm = (...parameters: string[]): Promise<number> => runCommandLine(parameters, output);
  expect(await llm('export', 'handed-on', '--to', 'torchrun', '--run', 'run'), output.err()).toBe(0);
  expect(output.out()).toContain('handed-on: step 3 of 6.');
  for (const [flags, message] of [
    [{}, /--force/],
    [{ model: 'sft' }, /base model/],
    [{ dtype: 'f16' }, /--dtype/],
  ] as const)
    await expect(handOnRun('handed-on', { run: 'run', ...flags }, output)).rejects.toThrow(message);
  const state = JSON.parse(readFileSync('handed-on/state.json', 'utf8')) as Record<string, unknown>;
  expect(state).toMatchObject({ stepsTaken: 3, optimizer: { name: 'muon' }, position: { batches: 3 } });

  await expect(takeBackRun('handed-on', { run: 'run' }, output)).rejects.toThrow(/is finished/);
  const store = new DirectoryStore('run');
  const { summary: _, artifacts: __, ...stage } = (await readStageState(store, 'pretrain'))!;
  await writeStageState(store, { ...stage, status: 'running' });
  expect(await newestWholeCheckpoint(store, 'pretrain', () => {})).toBeUndefined();
  expect(await llm('import', 'handed-on', '--run', 'run'), output.err()).toBe(0);
  expect(await store.has(`${checkpointPrefix('pretrain')}/latest.json`)).toBe(true);
  const back = await newestWholeCheckpoint(store, 'pretrain', () => {});
  const { snapshot } = await importTorchrun('handed-on');
  expect(back!.snapshot.stepsTaken).toBe(3);
  expect([...back!.snapshot.parameters]).toEqual([...snapshot.parameters]);
  expect(await llm('pretrain', '--run', 'run'), output.err()).toBe(0);
});
