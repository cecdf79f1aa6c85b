/** Training of a tiny model folder from the command line: what it leaves, how it goes on, what is refused. */
import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadModel } from '@llm/assistant/node';
import { DirectoryStore } from '@llm/core/node';
import { createModelConfig, initialParameters, readSafetensors } from '@llm/model';
import { exportHuggingFace } from '@llm/model/hugging-face';
import {
  chatSpecialTokens,
  chatTemplate,
  toTokenizerJson,
  trainTokenizer,
  writeTokenizerConfig,
} from '@llm/tokenizer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommandLine } from '../command-line.js';
import { captureOutput } from '../testing/captured-output.js';
import type { OperationPlan } from '../testing/operation-plan.js';

// Slow: a model is trained several times

const directory = mkdtempSync(join(tmpdir(), 'llm-tuning-'));
afterAll(() => rmSync(directory, { recursive: true }));
const place = (name: string): string => join(directory, name);

const colours = ['red', 'green', 'blue', 'white', 'black'];
const row = (i: number): object => ({
  instruction: `Say ${colours[i % 5]} ${i}`,
  output: `${colours[i % 5]} it is`,
});
const lines = Array.from({ length: 40 }, (_, i) => JSON.stringify(row(i)));
writeFileSync(place('chats.jsonl'), [...lines.slice(0, 7), 'no json', ...lines.slice(7)].join('\n'));
const tokenizer = await trainTokenizer(lines, { vocabularySize: 320, specialTokens: chatSpecialTokens });
const config = createModelConfig({
  vocabularySize: 320,
  contextLength: 128,
  depth: 2,
  width: 32,
  headWidth: 16,
});
await exportHuggingFace(new DirectoryStore(place('base')), '', {
  config,
  parameters: initialParameters(config, 'tuning'),
  tokenizerFiles: {
    'tokenizer.json': toTokenizerJson(tokenizer),
    'tokenizer_config.json': writeTokenizerConfig({ chatTemplate, tokens: { bos_token: '<|bos|>' } }),
  },
  specialTokens: { eos: tokenizer.specialTokens.get('<|assistant_end|>') },
});

async function llm(...parameters: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const output = captureOutput();
  const code = await runCommandLine(parameters, output);
  return { code, stdout: output.out(), stderr: output.err() };
}

const ofSft = (out: string): string[] => [
  ...['sft', '--model', place('base'), '--conversations', place('chats.jsonl'), '--out', place(out)],
  ...['--rows', '2', '--columns', '64', '--threads', '1', '--held-out', '4'],
];

const sft = (out: string, ...more: string[]): ReturnType<typeof llm> => llm(...ofSft(out), ...more);

const adapterOf = (out: string): Buffer => readFileSync(join(place(out), 'adapter_model.safetensors'));

describe('adapters', () => {
  test('are learnt, lower the held-out loss, and answer the same over the model', async () => {
    const training = ['--lora', '4', '--steps', '12', '--learning-rate', '0.005', '--json'];
    const { code, stdout, stderr } = await sft('adapter', ...training);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('chats.jsonl:8');
    const { heldOutLoss } = JSON.parse(readFileSync(join(place('adapter'), 'measured/result.json'), 'utf8'));
    expect(heldOutLoss.after).toBeLessThan(heldOutLoss.before);
    const config = JSON.parse(readFileSync(join(place('adapter'), 'adapter_config.json'), 'utf8'));
    expect(config).toMatchObject({ r: 4, lora_alpha: 8, base_model_name_or_path: place('base') });
    const samples = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; title: string; text: string })
      .filter(({ type, title }) => type === 'sample' && title.startsWith('after: '));
    expect(samples).toHaveLength(3);
    const options = { adapter: place('adapter'), threads: 1, selfTest: false };
    const assistant = await loadModel(place('base'), options);
    for (const { title, text } of samples) {
      const answer = await assistant.text(title.slice(7), { temperature: 0, maxNewTokens: 64 });
      expect(answer.trim()).toBe(text);
    }
    await assistant.dispose();
  }, 120_000);

  test('go on to the bit after a stop, and only with the settings they were begun with', async () => {
    const settings = ['--lora', '2', '--steps', '6', '--save-every', '2'];
    expect((await sft('whole', ...settings)).code).toBe(0);
    // Ctrl-C while the third step is at work.
    const interrupted = captureOutput();
    const stdout = {
      write: (text: string) => void (/"type":"metric".*"step":3/.test(text) && process.emit('SIGINT')),
    };
    const parts = [...ofSft('parts'), ...settings, '--json'];
    expect(await runCommandLine(parts, { stdout, stderr: interrupted.stderr })).toBe(130);
    expect(interrupted.err()).toContain('--resume');
    expect(existsSync(join(place('parts'), 'adapter_model.safetensors'))).toBe(false);
    const again = await sft('parts', ...settings, '--resume');
    expect(again.code, again.stderr).toBe(0);
    expect(adapterOf('parts').equals(adapterOf('whole'))).toBe(true);
    const other = await sft('parts', '--lora', '2', '--steps', '8', '--save-every', '2', '--resume');
    expect(other.stderr).toContain('steps: 6, now 8');
    expect((await sft('parts', ...settings)).stderr).toContain('pipeline/tuning-exists');
    expect((await sft('nowhere', ...settings, '--resume')).stderr).toContain('pipeline/tuning-missing');
  }, 120_000);

  test('are trained on integers, and can be merged into a whole model', async () => {
    const { code, stderr } = await sft('merged', '--lora', '2', '--steps', '2', '--dtype', 'q4', '--merge');
    expect(code, stderr).toBe(0);
    const weights = readSafetensors(readFileSync(join(place('merged'), 'model.safetensors')), 'merged');
    expect(weights.get('model.layers.0.self_attn.q_proj.weight')?.shape).toEqual([32, 32]);
    const assistant = await loadModel(place('merged'), { threads: 1 });
    expect(assistant.canChat).toBe(true);
    await assistant.dispose();
  }, 120_000);
});

describe('practice', () => {
  const ofRl = (out: string): string[] => [
    ...['rl', '--model', place('answers'), '--tasks', place('colours.jsonl'), '--out', place(out)],
    ...['--lora', '2', '--learning-rate', '0.01', '--steps', '6', '--save-every', '2', '--rows', '4'],
    ...['--samples', '4', '--max-tokens', '8', '--held-out', '8', '--threads', '1', '--json'],
  ];

  const sampled = (out: string, step: number): number =>
    JSON.parse(readFileSync(join(place(out), `measured/held-out-${step}.json`), 'utf8')).sampled;

  beforeAll(async () => {
    // A model that answers some of the questions.
    const { code, stderr } = await sft('answers', '--steps', '60', '--learning-rate', '0.01');
    expect(code, stderr).toBe(0);
    const questions = Array.from({ length: 40 }, (_, i) =>
      JSON.stringify({ question: `Say ${colours[i % 5]} ${i}`, answer: colours[i % 5] }),
    );
    writeFileSync(place('colours.jsonl'), questions.join('\n'));
  }, 120_000);

  test('raises the share of right answers, and goes on to the bit after a stop', async () => {
    const whole = await llm(...ofRl('practised'));
    expect(whole.code, whole.stderr).toBe(0);
    expect(sampled('practised', 6)).toBeGreaterThan(sampled('practised', 0));
    const interrupted = captureOutput();
    const stdout = {
      write: (text: string) => void (/"type":"metric".*"step":3/.test(text) && process.emit('SIGINT')),
    };
    expect(await runCommandLine(ofRl('stopped'), { stdout, stderr: interrupted.stderr })).toBe(130);
    expect(existsSync(join(place('stopped'), 'adapter_model.safetensors'))).toBe(false);
    const again = await llm(...ofRl('stopped'), '--resume');
    expect(again.code, again.stderr).toBe(0);
    expect(adapterOf('stopped').equals(adapterOf('practised'))).toBe(true);
    const other = await llm(...ofRl('stopped'), '--resume', '--temperature', '0.5');
    expect(other.stderr).toContain('temperature: 1, now 0.5');
  }, 120_000);

  test('with a critic learns, and killed between what both save ends with the same bits', async () => {
    const questions = Array.from({ length: 40 }, (_, i) =>
      JSON.stringify({ question: `Say ${colours[i % 5]} ${i}`, answer: 'red' }),
    );
    writeFileSync(place('red.jsonl'), questions.join('\n'));
    const ofPpo = (out: string): string[] => [
      ...['rl', '--model', place('answers'), '--tasks', place('red.jsonl'), '--out', place(out), '--json'],
      ...['--method', 'ppo', '--learning-rate', '0.003', '--critic-learning-rate', '0.003', '--threads', '1'],
      ...['--steps', '8', '--save-every', '2', '--rows', '8', '--samples', '8', '--max-tokens', '8'],
      ...['--held-out', '16'],
    ];
    const weightsOf = (out: string): Buffer => readFileSync(join(place(out), 'model.safetensors'));
    const log = place('operations');
    expect(await run(ofPpo('ppo'), { directory: place('ppo'), log })).toBe(0);
    expect(sampled('ppo', 0)).toBeLessThan(0.3);
    expect(sampled('ppo', 8)).toBeGreaterThan(0.4);
    const events = readFileSync(place('ppo.out'), 'utf8');
    expect(events).toMatch(/"value_loss":/);
    // The critic has saved its fourth step, the policy only its second.
    const operations = readFileSync(log, 'utf8').split('\n');
    const ofRlAlone = operations.filter((line) => line.startsWith('rl '));
    const between = ofRlAlone.findIndex((line) => line.includes('rl/checkpoints/step-00000004'));
    const moment = { group: 'rl', n: between + 1, how: 'kill before' } as const;
    expect(await run(ofPpo('killed'), { directory: place('killed'), moment })).toBe('SIGKILL');
    expect(existsSync(join(place('killed'), 'rl/critic/checkpoints/step-00000004'))).toBe(true);
    expect(existsSync(join(place('killed'), 'rl/checkpoints/step-00000002/checkpoint.json'))).toBe(true);
    expect(await run([...ofPpo('killed'), '--resume'], { directory: place('killed') })).toBe(0);
    expect(weightsOf('killed').equals(weightsOf('ppo'))).toBe(true);
  }, 300_000);

  test.each([
    ['rejection', ['--kl', '0.1', '--minimum-reward', '0']],
    ['online-dpo', ['--samples', '2', '--rows', '8']],
  ])(
    '%s, killed in the middle of what it writes, ends with the same bytes',
    async (method, more) => {
      const [whole, killed] = [`whole-${method}`, `killed-${method}`];
      const of = (out: string): string[] => [...ofRl(out), '--method', method, ...more];
      const log = place(`operations-${method}`);
      expect(await run(of(whole), { directory: place(whole), log })).toBe(0);
      const operations = readFileSync(log, 'utf8').split('\n');
      const ofRlAlone = operations.filter((line) => line.startsWith('rl '));
      const moments = [
        { group: 'rl', n: Math.floor(ofRlAlone.length / 2), how: 'kill half-way' },
        { group: 'measured', n: 4, how: 'kill before' },
      ] as const;
      for (const [i, moment] of moments.entries()) {
        const parameters = [...of(killed), ...(i > 0 ? ['--resume'] : [])];
        expect(await run(parameters, { directory: place(killed), moment })).toBe('SIGKILL');
        expect(existsSync(join(place(killed), 'adapter_model.safetensors'))).toBe(false);
      }
      expect(await run([...of(killed), '--resume'], { directory: place(killed) })).toBe(0);
      const filesOf = (out: string): Map<string, Buffer> => {
        const entries = readdirSync(place(out), { recursive: true, withFileTypes: true });
        const paths = entries.filter((entry) => entry.isFile()).map((e) => join(e.parentPath, e.name));
        return new Map(paths.sort().map((path) => [relative(place(out), path), readFileSync(path)]));
      };
      const [expected, left] = [filesOf(whole), filesOf(killed)];
      expect([...left.keys()]).toEqual([...expected.keys()]);
      for (const [name, bytes] of expected) expect(left.get(name)!.equals(bytes), name).toBe(true);
      // It learnt: what begins as zeros is none.
      const adapter = [...readSafetensors(adapterOf(whole), 'adapter')].filter(([name]) =>
        /lora_B/.test(name),
      );
      expect(adapter.every(([, { data }]) => data.some((value) => value !== 0))).toBe(true);
    },
    300_000,
  );
});

/** The command in a process of its own, which can be killed. */
function run(parameters: readonly string[], plan: OperationPlan): Promise<number | NodeJS.Signals> {
  const imports = ['tsx', new URL('../testing/operation-hook.ts', import.meta.url).href];
  const main = fileURLToPath(new URL('../main.ts', import.meta.url));
  const options = ['--conditions=@llm/source', ...imports.flatMap((each) => ['--import', each])];
  const out = openSync(`${plan.directory}.out`, 'w');
  const child = spawn(process.execPath, [...options, main, ...parameters], {
    env: { ...process.env, LLM_OPERATIONS: JSON.stringify(plan) },
    stdio: ['ignore', out, 'inherit'],
  });
  closeSync(out);
  return new Promise((resolve) => child.on('exit', (code, signal) => resolve(signal ?? code!)));
}

test('a whole model is trained and written', async () => {
  const how = ['--loss', 'dft', '--train-on', 'completion', '--overflow', 'split', '--noise-alpha', '5'];
  const { code, stderr } = await sft('full', '--steps', '10', '--learning-rate', '0.01', ...how);
  expect(code, stderr).toBe(0);
  expect(existsSync(join(place('full'), 'tokenizer_config.json'))).toBe(true);
  const { heldOutLoss } = JSON.parse(readFileSync(join(place('full'), 'measured/result.json'), 'utf8'));
  expect(heldOutLoss.after).toBeLessThan(heldOutLoss.before);
}, 120_000);

test('what it would need is said, and a flag that fits when it does not', async () => {
  const { code, stdout } = await sft('dry', '--lora', '2', '--dry-run', '--json');
  expect(code).toBe(0);
  const plan = JSON.parse(stdout);
  // Rank 2 beside the seven layers of two blocks: [32, 32]
  // four times, [32, 96] three times or as wide as it is.
  const perBlock = 2 * (4 * (32 + 32) + 3 * (32 + config.feedForwardWidth));
  expect(plan).toMatchObject({ trainedParameters: 2 * perBlock, optimizerBytes: 16 * perBlock, fits: true });
  expect(existsSync(place('dry'))).toBe(false);
  const wide = ['--rows', '60000', '--columns', '128', '--memory', 'fast'];
  const short = await llm('sft', '--model', place('base'), '--conversations', place('chats.jsonl'), ...wide);
  expect(short.code).toBe(1);
  expect(short.stderr).toMatch(/pipeline\/memory-short/);
  expect(short.stderr).toMatch(/It fits with .*--rows-at-once 1/);
}, 120_000);

test('questions with checkable answers are practised, with coins for rewards too', async () => {
  const questions = Array.from({ length: 20 }, (_, i) =>
    JSON.stringify({ question: `${i} + 1?`, answer: i + 1 }),
  );
  writeFileSync(place('sums.jsonl'), questions.join('\n'));
  const size = ['--rows', '2', '--samples', '2', '--max-tokens', '4', '--steps', '2', '--threads', '1'];
  for (const [tasks, ...more] of [
    [place('sums.jsonl')],
    ['countdown', '--control'],
    ['sorting', '--method', 'rejection', '--kl', '0.1', '--minimum-reward', '0'],
    ['sorting', '--method', 'ppo', '--kl', '0.1', '--lambda', '1'],
    ['sorting', '--method', 'online-dpo', '--kl', '0.2'],
  ]) {
    const out = place(`practice-${tasks!.slice(-5)}-${more[1]}`);
    const own = ['--model', place('base'), '--tasks', tasks!, '--lora', '2', '--held-out', '2', '--out', out];
    const { code, stderr } = await llm('rl', ...own, ...size, ...more);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/right on 2 held-out questions/);
    expect(existsSync(join(out, 'adapter_model.safetensors'))).toBe(true);
  }
  // Adapters have a larger rate already, and a critic of adapters has theirs.
  const { settings } = JSON.parse(readFileSync(place('practice-rting-ppo/tuning.json'), 'utf8'));
  expect(settings).toMatchObject({ learningRate: 2e-5, criticLearningRate: 2e-5 });
  writeFileSync(place('broken.jsonl'), '{"question": "a?", "answer": "b"}\n{"question": "c?"}');
  const broken = await llm('rl', '--model', place('base'), '--tasks', place('broken.jsonl'));
  expect(broken.stderr).toMatch(/broken\.jsonl:2: it has no "answer"/);
}, 120_000);

test.each([
  ['{"question": "a", "answer": NaN}', 'Cannot use --tasks'],
  ['{"question": "a", "answer": 1e999}', ':1: its "answer" is a number too large'],
  ['{"question": "a", "answer": true}', ':1: it has no "answer"'],
  ['\n', 'holds no questions'],
  [JSON.stringify({ question: 'long '.repeat(200), answer: '1' }), '--tasks: no question leaves room'],
])('tasks %j are refused before anything is begun', async (line, message) => {
  writeFileSync(place('bad.jsonl'), line);
  const out = place('never');
  const { code, stderr } = await llm(
    'rl',
    '--model',
    place('base'),
    '--tasks',
    place('bad.jsonl'),
    '--out',
    out,
  );
  expect([code, existsSync(out)]).toEqual([1, false]);
  expect(stderr).toContain(message);
});

test.each([
  [['sft', '--lora', '4'], '--lora is for a model of one'],
  [['sft', '--model', 'x', '--preset', 'smoke'], '--preset belongs to a run'],
  [['sft', '--model', 'x'], 'give --conversations'],
  [
    ['sft', '--model', place('base'), '--conversations', place('chats.jsonl'), '--dtype', 'q4'],
    'add --lora RANK',
  ],
  [
    ['sft', '--model', place('base'), '--conversations', place('chats.jsonl'), '--merge'],
    '--merge: it is about adapters',
  ],
  [['rl', '--model', 'x'], 'give --tasks'],
  [['rl', '--model', 'x', '--tasks', 'countdown', '--lambda', '1'], '--lambda: it is about a critic'],
  [['rl', '--model', 'x', '--tasks', 'countdown', '--samples', '1'], '--samples 1: answers to a question'],
  [['rl', '--model', 'x', '--tasks', 'countdown', '--minimum-reward', '1'], 'give --method rejection'],
  [['rl', '--model', 'x', '--tasks', 'countdown', '--method', 'online-dpo'], 'give --lora RANK'],
  [
    ['rl', '--model', 'x', '--tasks', 'countdown', '--method', 'online-dpo', '--lora', '2', '--samples', '8'],
    '--samples 8: --method online-dpo compares two answers',
  ],
  [['rl', '--method', 'ppo'], '--method is for a model of one'],
  [['rl', '--model', 'x', '--tasks', 'countdown', '--kl', '0.1'], '--kl: its reference is the model without'],
])('%j is refused by name', async (parameters, message) => {
  const { code, stderr } = await llm(...parameters);
  expect(code).toBe(1);
  expect(stderr).toContain(message);
});
