// Slow: every experiment trains its models, for a step or two
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LlmError } from '@llm/core';
import { isLabReport, type LabReport } from '@llm/studio/wire';
import { describe, expect, test } from 'vitest';
import { runLab } from '../commands/lab.js';
import { runStages } from '../run/stage-engine.js';
import { captureOutput } from '../testing/captured-output.js';
import { silentListener } from '../testing/fake-pipeline.js';
import type { Experiment } from './experiment.js';
import { experimentStage } from './experiment-stage.js';
import { experiments } from './experiments.js';

/** Plans that take seconds: they show that a program runs to its end, and nothing else. */
const tiny: Readonly<Record<string, object>> = {
  'tokens-to-think': {
    ...{ operations: 2, heldOut: 4, conversations: 40 },
    imitation: { steps: 2, rows: 2, columns: 96, learningRate: 1e-3 },
    onTheWay: { every: 1, questions: 2 },
    measuring: { questions: 4, sampledQuestions: 2, samples: 2 },
  },
  'practice-beats-imitation': {
    ...{ operations: 2, heldOut: 4, problems: 8, conversations: 40 },
    imitation: { steps: 2, rows: 2, columns: 96, learningRate: 1e-3 },
    more: { steps: 1, rows: 2, columns: 96, learningRate: 1e-3 },
    practice: { steps: 2, promptsPerStep: 2, samplesPerPrompt: 2, maxNewTokens: 6, learningRate: 1e-4 },
    measuring: { questions: 4, sampledQuestions: 2, samples: 2 },
  },
  'spelling-by-tokens': {
    ...{ heldOut: 6, conversations: 40, questions: 4 },
    imitation: { steps: 2, rows: 2, columns: 96, learningRate: 1e-3 },
  },
  'random-rewards': {
    ...{ operations: 2, heldOut: 4, problems: 8, conversations: 40 },
    imitation: { steps: 2, rows: 2, columns: 96, learningRate: 1e-3 },
    practice: { steps: 2, promptsPerStep: 2, samplesPerPrompt: 2, maxNewTokens: 6, learningRate: 1e-4 },
    measuring: { questions: 0, sampledQuestions: 2, samples: 2 },
  },
  'reward-hacking': {
    ...{ conversations: 40, pairs: 4, heldOutPairs: 4, samples: 1, betas: [0, 0.1] },
    imitation: { steps: 2, rows: 2, columns: 80, learningRate: 1e-3 },
    rewardModel: { steps: 1, pairsPerStep: 2, learningRate: 1e-3 },
    practice: { steps: 2, promptsPerStep: 2, samplesPerPrompt: 2, maxNewTokens: 6, learningRate: 1e-4 },
    direct: { steps: 2, pairsPerStep: 2, learningRate: 1e-4, beta: 0.1, measureEvery: 1 },
  },
};

const model = { depth: 1, width: 32, headWidth: 16, contextLength: 96 };
const temporaryDirectory = (): string => mkdtempSync(join(tmpdir(), 'llm-lab-'));
const reportIn = (directory: string, name: string): LabReport =>
  JSON.parse(readFileSync(join(directory, name, 'report.json'), 'utf8')) as LabReport;

const run = (directory: string, one: Experiment, signal = new AbortController().signal, seeds = [1, 2]) =>
  runStages({
    ...{ directory, signal, command: 'test', listener: silentListener },
    stages: [experimentStage(one, { seeds, threads: 1, run: undefined })],
  });

/** Two arms a seed; tells of each that is computed. */
function counting(onArm: (name: string) => void): Experiment<{ factor: number }> {
  return {
    ...{ name: 'counting', title: 'Counting <up>', claim: 'Twice is more.', minutes: 1, seeds: 2 },
    needsRun: false,
    plan: { factor: 2 },
    run: async ({ arm, seeds, plan }) => {
      const values: number[] = [];
      for (const seed of seeds)
        for (const name of ['once', 'twice'])
          values.push(
            await arm(`${name}-${seed}`, async () => {
              onArm(`${name}-${seed}`);
              return seed * (name === 'twice' ? plan.factor : 1);
            }),
          );
      return {
        done: ['Counted.'],
        measures: [
          {
            arm: 'all',
            name: 'counts',
            unit: 'score',
            value: values.length,
            n: 4,
            interval: [3, 5],
            bySeed: values,
          },
        ],
        checks: [{ expected: 'twice is more', measured: `${values}`, met: true }],
        plots: [
          {
            kind: 'lines',
            title: 'Up',
            xLabel: 'x',
            yLabel: 'y',
            series: [
              {
                name: 'a',
                points: [
                  [0, 1],
                  [1, 2],
                ],
              },
            ],
          },
          {
            kind: 'bars',
            title: 'Shares',
            unit: 'share',
            bars: [{ label: 'a', value: 0.5, interval: [0.4, 0.6] }],
          },
        ],
        samples: [{ arm: 'all', prompt: '<b>how many?</b>', answer: 'two', right: true }],
        ...{ shows: ['a'], doesNotShow: ['b'] },
        mirrors: [{ source: 'Somebody 2020', finding: 'so it is' }],
        tryIt: [{ command: 'llm lab counting', what: 'again' }],
      };
    },
  };
}

describe('the lab', () => {
  test('stopped after an arm and gone on with: that arm is kept, the report has the same bytes', async () => {
    const whole = temporaryDirectory();
    await run(
      whole,
      counting(() => undefined),
    );
    const directory = temporaryDirectory();
    const stopping = new AbortController();
    const seen: string[] = [];
    const stopped = run(
      directory,
      counting((name) => {
        seen.push(name);
        if (name === 'twice-1') stopping.abort(new Error('Ctrl-C'));
      }),
      stopping.signal,
    );
    await expect(stopped).rejects.toThrow('Ctrl-C');
    expect(seen).toEqual(['once-1', 'twice-1']);
    await run(
      directory,
      counting((name) => seen.push(name)),
    );
    expect(seen).toEqual(['once-1', 'twice-1', 'once-2', 'twice-2']);
    for (const file of ['report.json', 'report.html'])
      expect(readFileSync(join(directory, 'counting', file))).toEqual(
        readFileSync(join(whole, 'counting', file)),
      );
    const report = reportIn(directory, 'counting');
    expect(isLabReport(report)).toBe(true);
    expect(report).toMatchObject({ name: 'counting', seeds: [1, 2], measures: [{ bySeed: [1, 2, 2, 4] }] });
    const page = readFileSync(join(directory, 'counting', 'report.html'), 'utf8');
    expect(page).toContain('Counting &lt;up&gt;');
    expect(page).toContain('50.0 % (40.0 % to 60.0 %)');
    expect(page).toContain('<polyline');
    expect(page).not.toContain('<b>');
    const plot = readFileSync(join(directory, 'counting', 'plot-1.svg'), 'utf8');
    expect(plot).toMatch(/^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg">\n<style>/);
    expect(plot.trimEnd().endsWith('</svg>')).toBe(true);
    expect(plot).toContain('--series-0:');
  });

  test('other seeds are refused where an experiment has begun', async () => {
    const directory = temporaryDirectory();
    await run(
      directory,
      counting(() => undefined),
    );
    await expect(
      run(
        directory,
        counting(() => undefined),
        undefined,
        [3],
      ),
    ).rejects.toMatchObject({
      code: 'pipeline/options-conflict',
    });
  });

  test('the command: list, an unknown name, --out, --seed and --seeds', async () => {
    const output = captureOutput();
    await runLab('list', {}, output);
    for (const { name, claim } of experiments) {
      expect(output.out()).toContain(name);
      expect(output.out()).toContain(claim);
    }
    const unknown = await runLab('alchemy', {}, output).catch((error: unknown) => error);
    expect(LlmError.isInstance(unknown) && unknown.code).toBe('pipeline/experiment-unknown');
    expect(String(unknown)).toContain(experiments[0]!.name);
    const directory = temporaryDirectory();
    const printed = captureOutput();
    await runLab('all', { out: directory, seed: 5, seeds: 1 }, printed, [counting(() => undefined)]);
    expect(reportIn(directory, 'counting').seeds).toEqual([5]);
    expect(printed.out()).toBe(`${join(directory, 'counting', 'report.html')}\n`);
    expect(printed.err()).toContain('Met: twice is more (5,10).');
  });

  test('all goes on after one that fails, says so, fails at the end, and tries that one again', async () => {
    const directory = temporaryDirectory();
    let breaks = true;
    let computed = 0;
    const failing: Experiment<{ factor: number }> = {
      ...counting(() => undefined),
      name: 'failing',
      run: async (context) => {
        if (breaks) throw new TypeError('no such arm');
        return counting(() => undefined).run(context);
      },
    };
    const both = [failing, counting(() => computed++)];
    const output = captureOutput();
    await expect(runLab('all', { out: directory }, output, both)).rejects.toMatchObject({
      code: 'pipeline/experiments-failed',
      details: { failed: ['failing'] },
    });
    expect(output.err()).toContain('failing: failed. error: something went wrong inside: no such arm');
    expect(output.out()).toBe(`${join(directory, 'counting', 'report.html')}\n`);
    expect(computed).toBe(4);
    await expect(runLab('failing', { out: directory }, output, both)).rejects.toThrow('no such arm');
    breaks = false;
    const again = captureOutput();
    await runLab('all', { out: directory }, again, both);
    expect(computed).toBe(4);
    expect(again.err()).toContain('counting: done before');
    expect(reportIn(directory, 'failing').seeds).toEqual([1, 2]);
  });

  test('of a finished run: left out of all where there is none, and its seed is not asked for', async () => {
    const ofRun: Experiment = { ...counting(() => undefined), name: 'of-a-run', needsRun: true };
    const directory = temporaryDirectory();
    const output = captureOutput();
    const here = process.cwd();
    process.chdir(directory);
    try {
      await runLab('all', { out: directory }, output, [counting(() => undefined), ofRun]);
      await expect(runLab('of-a-run', { out: directory }, output, [ofRun])).rejects.toMatchObject({
        code: 'pipeline/run-missing',
      });
    } finally {
      process.chdir(here);
    }
    expect(output.err()).toContain(
      '1 experiments measure a finished run of the invented web and are left out',
    );
    expect(output.out()).toBe(`${join(directory, 'counting', 'report.html')}\n`);
  });

  test.each(experiments.filter(({ name }) => name in tiny).map((one) => [one.name, one] as const))(
    '%s runs to its end, and its report is whole',
    async (_, one) => {
      const directory = temporaryDirectory();
      await run(
        directory,
        { ...one, plan: { ...one.plan, model, ...tiny[one.name] } } as Experiment,
        undefined,
        [1],
      );
      const report = reportIn(directory, one.name);
      expect(isLabReport(report)).toBe(true);
      for (const { value, n, interval } of report.measures) {
        expect(Number.isFinite(value)).toBe(true);
        expect(n).toBeGreaterThan(0);
        if (interval !== null) expect(interval[0] <= value && value <= interval[1]).toBe(true);
      }
      for (const part of ['done', 'checks', 'plots', 'shows', 'doesNotShow', 'mirrors', 'tryIt'] as const)
        expect(report[part].length).toBeGreaterThan(0);
    },
  );
});
