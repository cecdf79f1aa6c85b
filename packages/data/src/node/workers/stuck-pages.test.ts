import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { RunEvent } from '@llm/core';
import { MemoryStore } from '@llm/core/stores';
import { afterAll, describe, expect, it } from 'vitest';
import { runDataPipeline } from '../pipeline/run-data-pipeline.js';
import { readShards } from '../pipeline/shards.js';

const directory = mkdtempSync(join(tmpdir(), 'llm-stuck-'));
afterAll(() => rmSync(directory, { recursive: true }));
const steps = { module: new URL('./fixtures/hostile-steps.ts', import.meta.url).href };

function lines(name: string, texts: readonly string[]): string {
  const path = join(directory, name);
  writeFileSync(path, texts.map((text) => `${JSON.stringify({ text })}\n`).join(''));
  return path;
}

describe('a page that takes its worker down', () => {
  it('is dropped where it stuck, and the rest of the file goes on', { timeout: 240_000 }, async () => {
    const texts = ['one', 'hang', 'two', 'wait', 'three', 'backtrack', 'exit', 'four', 'fill', 'five'];
    const path = lines('hostile.jsonl', texts);
    const store = new MemoryStore();
    const events: RunEvent[] = [];
    const report = await runDataPipeline({
      inputs: [{ kind: 'jsonl', path, quality: 'filter' }],
      store,
      prefix: 'data',
      steps,
      workers: 2,
      segmentItems: 2,
      pageSeconds: 4,
      workerMegabytes: 128,
      onEvent: (event) => events.push(event),
    });
    expect(report).toMatchObject({ pages: 10, kept: 5, dropped: { timeout: 3, crash: 1, memory: 1 } });
    expect(report.funnel).toMatchObject([
      { step: 'reader', entered: 10, left: 10 },
      { step: 'before', entered: 10, left: 10 },
      { step: 'hostile', entered: 10, left: 5 },
      { step: 'minhash', entered: 5, left: 5 },
    ]);
    const kept: string[] = [];
    for await (const { text } of readShards(store, 'data')) kept.push(text);
    expect(kept).toEqual(['one', 'two', 'three', 'four', 'five']);
    const rows = gunzipSync(await store.read('data/dropped.jsonl.gz'))
      .toString()
      .trim()
      .split('\n');
    expect(rows.map((row) => JSON.parse(row))).toMatchObject(
      [1, 3, 5, 6, 8].map((line) => ({ id: `hostile.jsonl#${line}`, step: 'hostile', line: line + 1 })),
    );
    const warnings = events.filter((event) => event.type === 'warning');
    expect(warnings.map(({ message }) => message).join('\n')).toContain(
      'item 8: the step hostile was given up (memory)',
    );
  });

  it('does not hide a fault of a step: that is an error with its place', async () => {
    const run = runDataPipeline({
      inputs: [{ kind: 'jsonl', path: lines('fault.jsonl', ['one', 'throw']), quality: 'filter' }],
      store: new MemoryStore(),
      prefix: 'data',
      steps,
      workers: 1,
    });
    await expect(run).rejects.toThrow('a fault of the step');
  });

  it('cannot be ended in this thread: functions are refused where workers are asked for', async () => {
    const inputs = [{ kind: 'jsonl' as const, path: lines('any.jsonl', ['one']) }];
    const options = { inputs, store: new MemoryStore(), prefix: 'data', steps: [], workers: 2 };
    await expect(runDataPipeline(options)).rejects.toMatchObject({ code: 'data/steps-not-movable' });
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const run = runDataPipeline({
      inputs: [{ kind: 'jsonl', path: lines('stop.jsonl', ['one', 'hang']), quality: 'filter' }],
      store: new MemoryStore(),
      prefix: 'data',
      steps,
      workers: 1,
      segmentItems: 1,
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === 'metric') stop.abort(new Error('told to'));
      },
    });
    setTimeout(() => stop.abort(new Error('told to')), 2000);
    await expect(run).rejects.toThrow('told to');
  });

  it('is none because the process was started with flags of V8', { timeout: 60_000 }, async () => {
    const path = lines('flags.jsonl', ['one', 'two']);
    process.execArgv.push('--max-old-space-size=4096');
    try {
      const report = await runDataPipeline({
        inputs: [{ kind: 'jsonl', path, quality: 'filter' }],
        store: new MemoryStore(),
        prefix: 'data',
        steps,
        workers: 1,
      });
      expect(report.kept).toBe(2);
    } finally {
      process.execArgv.pop();
    }
  });
});
