import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { fakeStages, silentListener } from '../testing/fake-pipeline.js';
import { costOfStage, metricsOfStage, readEventLog } from './event-log.js';
import { runStages, type StageListener } from './stage-engine.js';

const temporaryDirectory = (): string => mkdtempSync(join(tmpdir(), 'llm-run-'));

const complete = (directory: string, listener = silentListener, until?: string): Promise<void> =>
  runStages({
    directory,
    command: 'test',
    stages: fakeStages(),
    signal: new AbortController().signal,
    listener,
    ...(until === undefined ? {} : { until }),
  });

/** Everything a run leaves that must not depend on interruptions. */
const outcome = (directory: string): unknown =>
  ['one', 'two', 'three'].map((stage) => ({
    marker: JSON.parse(readFileSync(join(directory, stage, 'stage.json'), 'utf8')) as unknown,
    result: readFileSync(join(directory, stage, 'result.json'), 'utf8'),
    losses: metricsOfStage(readEventLog(directory), stage, 'loss').map(({ step, values }) => [
      step,
      values.loss,
    ]),
  }));

describe('stage engine', () => {
  test('kill -9 at random moments, then rerun: the outcome is that of an uninterrupted run', async () => {
    const expected = temporaryDirectory();
    await complete(expected);
    const random = createRandom(7, 'kill');
    const directory = temporaryDirectory();
    for (let attempt = 0; attempt < 4; attempt++)
      expect(await killAfterSteps(directory, 1 + random.integer(9))).toBe('SIGKILL');
    expect(readEventLog(directory).filter(({ type }) => type === 'session-start')).toHaveLength(4);
    await complete(directory);
    expect(outcome(directory)).toEqual(outcome(expected));
  });

  test('what is complete is skipped; --until stops after a stage', async () => {
    const directory = temporaryDirectory();
    const seen: string[] = [];
    const listener: StageListener = {
      ...silentListener,
      stageStarted: ({ name }) => seen.push(`start ${name}`),
      stageSkipped: ({ name }) => seen.push(`skip ${name}`),
      stageFinished: ({ name }, summary) => seen.push(`finish ${name} ${String(summary.total)}`),
    };
    await complete(directory, listener, 'two');
    await complete(directory, listener);
    expect(seen.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'start one',
      'finish one',
      'start two',
      'finish two',
      'skip one',
      'skip two',
      'start three',
      'finish three',
    ]);
  });

  test('other options for a stage that has begun are refused, by name and value', async () => {
    const directory = temporaryDirectory();
    await complete(directory);
    const other = {
      directory,
      command: 'test',
      stages: fakeStages(13),
      signal: new AbortController().signal,
    };
    await expect(runStages({ ...other, listener: silentListener })).rejects.toMatchObject({
      code: 'pipeline/options-conflict',
      message: expect.stringMatching(/stage "three".*factor: 11, now 13/),
    });
    rmSync(join(directory, 'three'), { recursive: true });
    await runStages({ ...other, listener: silentListener });
    // The metrics of the deleted attempt no longer count.
    expect(metricsOfStage(readEventLog(directory), 'three', 'loss')).toHaveLength(12);
  });

  test('an aborted run stops between steps, and its time adds up with that of the rerun', async () => {
    const directory = temporaryDirectory();
    const controller = new AbortController();
    const listener: StageListener = {
      ...silentListener,
      event: ({ name }, event) => {
        if (name === 'two' && event.type === 'metric' && event.step === 5)
          controller.abort(new Error('stop'));
      },
    };
    await expect(
      runStages({ directory, command: 'test', stages: fakeStages(), signal: controller.signal, listener }),
    ).rejects.toThrow('stop');
    const first = costOfStage(readEventLog(directory), 'two');
    expect(first.sessions).toBe(1);
    await complete(directory);
    const both = costOfStage(readEventLog(directory), 'two');
    expect(both.sessions).toBe(2);
    expect(both.wallSeconds).toBeGreaterThan(first.wallSeconds);
    expect(both.peakMemoryBytes).toBeGreaterThan(10e6);
  });

  test('a torn last line of the log is passed over and the next one starts afresh', async () => {
    const directory = temporaryDirectory();
    await complete(directory, silentListener, 'one');
    const whole = readEventLog(directory).length;
    appendFileSync(join(directory, 'events.jsonl'), '{"type":"metric","at":"two","st');
    expect(readEventLog(directory)).toHaveLength(whole);
    await complete(directory);
    expect(metricsOfStage(readEventLog(directory), 'two', 'loss')).toHaveLength(12);
  });

  test('a damaged marker is an error that says what to delete', async () => {
    const directory = temporaryDirectory();
    await complete(directory, silentListener, 'one');
    appendFileSync(join(directory, 'one', 'stage.json'), 'x');
    await expect(complete(directory)).rejects.toMatchObject({ code: 'pipeline/stage-state-invalid' });
  });
});

/** Starts the fake pipeline and kills it after so many of its steps. Resolves to the signal it died of. */
function killAfterSteps(directory: string, steps: number): Promise<NodeJS.Signals | null> {
  const child = spawn(
    process.execPath,
    ['--conditions=@llm/source', '--import', 'tsx', 'src/testing/fake-pipeline.ts', directory],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let seen = 0;
  child.stdout.on('data', (ticks: Buffer) => {
    seen += ticks.length;
    if (seen >= steps) child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (_code, signal) => resolve(signal));
  });
}
