/** `llm prefer` of a tiny model: what it learns, how it goes on, what is refused; what `llm rl` keeps. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectoryStore } from '@llm/core/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommandLine } from '../command-line.js';
import { readRollouts } from '../rollouts/rollout-file.js';
import { captureOutput } from '../testing/captured-output.js';
import { writeTinyModel } from '../testing/tiny-model.js';

// Slow: a model is trained several times

const directory = mkdtempSync(join(tmpdir(), 'llm-prefer-'));
afterAll(() => rmSync(directory, { recursive: true }));
const place = (name: string): string => join(directory, name);
const words = ['cat', 'mat', 'end', 'the', 'sat'];

beforeAll(async () => {
  await writeTinyModel(place('base'));
  const rows = Array.from({ length: 40 }, (_, i) => ({
    prompt: `${words[i % 5]} ${i}`,
    chosen: `the ${words[i % 5]}`,
    rejected: `no ${i}`,
  }));
  const long = { prompt: 'x', chosen: 'the cat '.repeat(200), rejected: 'no' };
  const same = { prompt: 'x', chosen: 'no', rejected: 'no' };
  writeFileSync(place('pairs.jsonl'), [...rows, long, same].map((row) => JSON.stringify(row)).join('\n'));
  writeFileSync(place('nothing.jsonl'), JSON.stringify(same));
});

async function llm(...parameters: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const output = captureOutput();
  const code = await runCommandLine(parameters, output);
  return { code, stdout: output.out(), stderr: output.err() };
}
const ofPrefer = (out: string, ...more: string[]): string[] => [
  ...['prefer', '--model', place('base'), '--pairs', place('pairs.jsonl'), '--out', place(out)],
  ...['--rows', '4', '--threads', '1', '--learning-rate', '0.01', ...more],
];
const resultOf = (out: string) =>
  JSON.parse(readFileSync(join(place(out), 'measured/result.json'), 'utf8')) as {
    readonly heldOut: Record<'before' | 'after', { readonly accuracy: number; readonly margin: number }>;
  };

describe('llm prefer', () => {
  test.each([
    ['dpo', ['--lora', '4']],
    ['kto', ['--lora', '4', '--rows-at-once', '2']],
    ['simpo', []],
  ])(
    '%s: held-out pairs are told apart, what cannot be read is named',
    async (method, more) => {
      const { code, stderr } = await llm(...ofPrefer(method, '--method', method, '--steps', '12', ...more));
      expect(code, stderr).toBe(0);
      const { before, after } = resultOf(method).heldOut;
      if (method === 'dpo' || method === 'kto') expect(before).toEqual({ accuracy: 0.5, margin: 0 });
      expect(after.accuracy).toBeGreaterThanOrEqual(Math.max(0.75, before.accuracy));
      expect(after.margin).toBeGreaterThan(before.margin + 0.2);
      expect(stderr).toContain('1 same');
      expect(stderr).toContain('1 of 41 pairs left out: 1 too-long');
      const left = more[0] === '--lora' ? 'adapter_model.safetensors' : 'model.safetensors';
      expect(existsSync(join(place(method), left))).toBe(true);
    },
    120_000,
  );

  test('goes on to the bit after a stop, and only with the settings it was begun with', async () => {
    const settings = ['--lora', '2', '--steps', '6', '--save-every', '2', '--json'];
    expect((await llm(...ofPrefer('whole', ...settings))).code).toBe(0);
    const interrupted = captureOutput();
    const stdout = {
      write: (text: string) => void (/"type":"metric".*"step":3/.test(text) && process.emit('SIGINT')),
    };
    const parts = ofPrefer('parts', ...settings);
    expect(await runCommandLine(parts, { stdout, stderr: interrupted.stderr })).toBe(130);
    expect((await llm(...parts, '--resume')).code).toBe(0);
    const adapter = (out: string) => readFileSync(join(place(out), 'adapter_model.safetensors'));
    expect(adapter('parts').equals(adapter('whole'))).toBe(true);
    const other = await llm(...parts, '--resume', '--beta', '0.5');
    expect(other.stderr).toContain('beta: null, now 0.5');
  }, 120_000);

  test.each([
    [ofPrefer('x'), '--method dpo: its reference is the model without its adapters'],
    [['prefer', '--pairs', 'x'], 'name it with --model'],
    [['prefer', '--model', 'x'], "required option '--pairs"],
    [ofPrefer('x', '--method', 'ppo'), 'is invalid'],
    [
      ofPrefer('x', '--method', 'reward', '--lora', '2', '--merge'),
      '--merge: a reward model is written whole',
    ],
    [ofPrefer('x', '--method', 'process', '--beta', '1'), '--beta: a reward model has none'],
    [
      ofPrefer('x', '--method', 'process'),
      'expected "prompt", "completions" and "labels"; found prompt, chosen',
    ],
    [
      ['prefer', '--model', place('base'), '--pairs', place('nothing.jsonl'), '--lora', '2'],
      'sft/no-preferences',
    ],
  ])('%j is refused by name', async (parameters, message) => {
    const { code, stderr } = await llm(...parameters);
    expect(code).not.toBe(0);
    expect(stderr).toContain(message);
  });
});

test('steps of answers are judged as they were labelled, by adapters', async () => {
  const right = ['the cat', 'the mat', 'the end'];
  const rows = Array.from({ length: 60 }, (_, i) => {
    const labels = [i % 2 === 0, i % 3 === 0, null];
    const completions = labels.map((label, k) => (label === false ? 'no' : right[(i + k) % 3]));
    return { prompt: `Say ${i}`, completions, labels };
  });
  const odd = [
    { ...rows[0], labels: ['yes', true, null] },
    { ...rows[0], labels: [true] },
  ];
  writeFileSync(place('steps.jsonl'), [...rows, ...odd].map((row) => JSON.stringify(row)).join('\n'));
  const own = [
    '--model',
    place('base'),
    '--pairs',
    place('steps.jsonl'),
    '--method',
    'process',
    '--lora',
    '4',
  ];
  const size = ['--rows', '8', '--steps', '40', '--learning-rate', '0.01', '--threads', '1'];
  const { code, stderr } = await llm('prefer', ...own, ...size, '--out', place('steps'));
  expect(code, stderr).toBe(0);
  expect(stderr).toContain('labels[0] must be true, false or null');
  expect(stderr).toContain('2 of 62 lines');
  // Of 6 held-out answers 12 steps are judged, 5 of them right.
  const { after } = resultOf('steps').heldOut;
  expect(after).toMatchObject({ steps: 12 });
  expect(after.accuracy).toBeGreaterThanOrEqual(0.9);
  expect(existsSync(join(place('steps'), 'model/latest.json'))).toBe(true);
}, 120_000);

test('pairs that share a row are planned as such', async () => {
  const prompt = 'the cat sat on the mat, '.repeat(3);
  const rows = Array.from({ length: 20 }, (_, i) => ({
    prompt: `${prompt}${i}`,
    chosen: 'the end',
    rejected: 'no',
  }));
  writeFileSync(place('long.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
  const planned = async (...more: string[]) => {
    const own = ['--model', place('base'), '--pairs', place('long.jsonl'), '--lora', '2', '--rows', '4'];
    return JSON.parse((await llm('prefer', ...own, '--dry-run', '--json', ...more)).stdout);
  };
  const [shared, apart] = [await planned(), await planned('--method', 'kto')];
  expect([shared.rows, apart.rows]).toEqual([4, 8]);
  expect(shared.stepBytes).toBeLessThan(0.85 * apart.stepBytes);
}, 120_000);

test('a reward model by adapters scores the better answers higher, and is practised for', async () => {
  const how = ['--method', 'reward', '--lora', '4', '--steps', '16'];
  const { code, stdout, stderr } = await llm(...ofPrefer('scores', ...how));
  expect(code, stderr).toBe(0);
  expect(resultOf('scores').heldOut.after.accuracy).toBeGreaterThanOrEqual(0.75);
  const reward = join(place('scores'), 'model');
  expect(stdout).toContain(`${reward}: a reward model`);
  // One that has learnt to end its answers.
  const { code: taught } = await llm(...ofPrefer('ends', '--method', 'orpo', '--steps', '20'));
  expect(taught).toBe(0);
  const size = ['--rows', '2', '--samples', '8', '--max-tokens', '12', '--steps', '2', '--threads', '1'];
  const own = ['--model', place('ends'), '--tasks', 'sorting', '--lora', '2', '--held-out', '2'];
  const practised = await llm('rl', ...own, ...size, '--out', place('practised'), '--reward-model', reward);
  expect(practised.code, practised.stderr).toBe(0);
  const { samples } = await readRollouts(new DirectoryStore(place('practised')), 'rl', 2);
  // Scores, not right and wrong.
  const scored = samples.filter(({ wellFormed }) => wellFormed).map((sample) => sample.reward);
  expect(scored.length).toBeGreaterThan(0);
  expect(scored.every((score) => score > 0 && score < 1)).toBe(true);
  const silent = await llm('rl', ...own, ...size, '--out', place('y'), '--reward-model', place('base'));
  expect(silent.stderr).toContain('pipeline/reward-model-unfit');
}, 120_000);

test('llm rl --model keeps what it learns from', async () => {
  const size = ['--rows', '2', '--samples', '2', '--max-tokens', '4', '--steps', '2', '--threads', '1'];
  const own = ['--model', place('base'), '--tasks', 'sorting', '--lora', '2', '--held-out', '2'];
  const { code, stderr } = await llm('rl', ...own, ...size, '--out', place('kept'));
  expect(code, stderr).toBe(0);
  const store = new DirectoryStore(place('kept'));
  for (const step of [1, 2]) {
    const { prompts, samples } = await readRollouts(store, 'rl', step);
    expect([prompts.length, samples.length]).toEqual([2, 4]);
    expect(samples.every(({ ids, version }) => ids.length > 0 && version === step - 1)).toBe(true);
  }
}, 120_000);
