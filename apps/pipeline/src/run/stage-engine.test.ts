// Slow: processes are started and killed, and everything is flushed to the disk
import { spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRandom } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { fakeStages, silentListener } from '../testing/fake-pipeline.js';
import { costOfStage, type LoggedEvent, metricsOfStage, readEventLog } from './event-log.js';
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

  test('a stage starts once and ends once, under one name, in the log and in the stream', async () => {
    const directory = temporaryDirectory();
    const streamed: LoggedEvent[] = [];
    const listener: StageListener = { ...silentListener, logged: (event) => streamed.push(event) };
    await complete(directory, listener, 'two');
    await complete(directory, listener);
    const bounds = (events: readonly LoggedEvent[]): string[] =>
      events.flatMap((event) =>
        /^s(tage|ession)-/.test(event.type) ? [`${event.type} ${'at' in event ? event.at : ''}`] : [],
      );
    const session = (...rest: string[]): string[] => ['session-start ', ...rest];
    expect(bounds(streamed)).toEqual([
      ...session('stage-start one', 'stage-end one', 'stage-start two', 'stage-end two'),
      ...session('stage-skip one', 'stage-skip two', 'stage-start three', 'stage-end three'),
    ]);
    const withoutProgress = (events: readonly LoggedEvent[]): LoggedEvent[] =>
      events.filter(({ type }) => type !== 'progress');
    expect(withoutProgress(readEventLog(directory))).toEqual(withoutProgress(streamed));
    const end = streamed.findLast(({ type }) => type === 'stage-end');
    expect(end).toMatchObject({ summary: { total: expect.any(Number) }, sessions: 1 });
    for (const name of ['wallSeconds', 'cpuSeconds', 'otherCpuSeconds', 'peakMemoryBytes', 'processors'])
      expect(end).toHaveProperty(name, expect.any(Number));
  });

  test('what a kill in a first write left is gone after the next session', async () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, 'one', 'parts'), { recursive: true });
    const left = ['config.json.1.2.tmp', 'one/stage.json.1.2.tmp', 'one/parts/before.json.77.3.tmp'];
    for (const name of left) writeFileSync(join(directory, name), '');
    writeFileSync(join(directory, 'mine.tmp'), '');
    await complete(directory);
    for (const name of left) expect(existsSync(join(directory, name))).toBe(false);
    expect(existsSync(join(directory, 'mine.tmp'))).toBe(true);
  });

  test('a part that a power loss left empty is computed again', async () => {
    const directory = temporaryDirectory();
    const expected = temporaryDirectory();
    await complete(expected);
    mkdirSync(join(directory, 'two', 'parts'), { recursive: true });
    writeFileSync(join(directory, 'two', 'parts', 'before.json'), '');
    await complete(directory);
    expect(outcome(directory)).toEqual(outcome(expected));
  });

  test.each([
    ['is gone', (path: string) => rmSync(path)],
    ['has another size', (path: string) => appendFileSync(path, ' ')],
  ])('an artifact of a complete stage that %s is named, with what to do', async (_, harm) => {
    const directory = temporaryDirectory();
    await complete(directory);
    harm(join(directory, 'two', 'result.json'));
    await expect(complete(directory)).rejects.toMatchObject({
      code: 'pipeline/artifact-gone',
      message: expect.stringMatching(
        /"two".*two\/result\.json (is gone|has 2\d bytes).*delete the folder .*two/,
      ),
    });
    rmSync(join(directory, 'two'), { recursive: true });
    const seen: string[] = [];
    await complete(directory, { ...silentListener, stageStarted: ({ name }) => seen.push(name) });
    expect(seen).toEqual(['two']);
  });

  test('what is only for the next stage may go once that is complete, and not before', async () => {
    const directory = temporaryDirectory();
    const stages = fakeStages().map((stage) =>
      stage.name === 'one' ? { ...stage, isDisposable: true } : stage,
    );
    const { signal } = new AbortController();
    const run = (until?: string): Promise<void> =>
      runStages({ directory, command: 'test', stages, until, signal, listener: silentListener });
    await run('two');
    rmSync(join(directory, 'one', 'result.json'));
    await expect(run()).rejects.toMatchObject({ code: 'pipeline/artifact-gone' });
    writeFileSync(join(directory, 'one', 'result.json'), readFileSync(join(directory, 'one', 'state.json')));
    await run();
    rmSync(join(directory, 'one', 'result.json'));
    await run();
  });

  test('the log is flushed before anything that stands for its steps is', async () => {
    const directory = temporaryDirectory();
    const log = join(temporaryDirectory(), 'operations');
    const file = (name: string): URL => new URL(`../testing/${name}`, import.meta.url);
    const { status } = spawnSync(
      process.execPath,
      [
        '--conditions=@llm/source',
        '--import',
        'tsx',
        '--import',
        file('operation-hook.ts').href,
        fileURLToPath(file('fake-pipeline.ts')),
        directory,
      ],
      { env: { ...process.env, LLM_OPERATIONS: JSON.stringify({ directory, log }) } },
    );
    expect(status).toBe(0);
    let isDirty = false;
    let kept = 0;
    for (const line of readFileSync(log, 'utf8').trimEnd().split('\n')) {
      const [group, operation] = line.split(' ');
      if (group === 'events') isDirty = operation === 'writeSync' || (operation !== 'fsyncSync' && isDirty);
      if (group !== 'events' && operation === 'rename') {
        expect(isDirty, line).toBe(false);
        kept++;
      }
    }
    // Three stages: two markers, a part, six states and a result each.
    expect(kept).toBe(3 * 10);
    expect(isDirty).toBe(false);
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
