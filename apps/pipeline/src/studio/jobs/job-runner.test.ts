// Starting, stopping and going on with runs over the API, with a program of our own in place of `llm run`.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExperimentListing, Job, RunPlan, RunViewJson } from '@llm/studio/wire';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { RunCatalog } from '../runs/run-catalog.js';
import { createStudio } from '../server/create-studio.js';
import { jobRoutes } from '../server/job-routes.js';
import { labRoutes } from '../server/lab-routes.js';
import { uploadRoutes } from '../server/upload-routes.js';
import { JobRunner } from './job-runner.js';

const root = mkdtempSync(join(tmpdir(), 'studio-jobs-'));
const before = process.cwd();
beforeAll(() => process.chdir(root));
afterAll(() => {
  process.chdir(before);
  rmSync(root, { recursive: true });
});

/** Writes down how it was called, and runs until it is interrupted. */
const program = `
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const directory = process.argv[process.argv.indexOf('--run') + 1];
if (process.argv[2] !== 'run' && process.argv[2] !== 'lab') {
  console.log(JSON.stringify(process.argv.slice(2)));
  for (const step of [1, 2])
    console.log(JSON.stringify({ type: 'metric', stage: 'prefer', step, values: { loss: 1 / step }, time: step }));
  console.log('{"type":"metric","stage":"prefer"}');
  process.exit(0);
}
writeFileSync(join(directory, 'config.json'), '{}');
writeFileSync(join(directory, 'called.json'), JSON.stringify(process.argv.slice(2)));
process.stderr.write('at work \\u001b[31m\\n');
if (process.argv[2] === 'lab')
  console.log('{"type":"metric","at":"' + process.argv[3] + '","stage":"steps first, seed 1","step":1,"values":{"loss":2},"time":1}');
process.on('SIGINT', () => process.exit(130));
setInterval(() => {}, 1000);
`;

let jobs: JobRunner;
let ask: (method: string, path: string, body?: unknown, type?: string) => Promise<Response>;
let open: () => void;
beforeEach(() => {
  rmSync(join(root, 'runs'), { recursive: true, force: true });
  writeFileSync(join(root, 'program.cjs'), program);
  open = () => {
    const catalog = new RunCatalog([]);
    jobs = new JobRunner(catalog, [process.execPath, join(root, 'program.cjs')]);
    const routes = [...jobRoutes(jobs, catalog), ...labRoutes(jobs), ...uploadRoutes()];
    const app = createStudio({ catalog, routes });
    ask = async (method, path, body, type = 'application/json') =>
      app.request(`http://localhost/api/${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': type } }),
      });
  };
  open();
});
afterEach(() => jobs.close());

async function jobWhen(holds: (job: Job) => boolean): Promise<Job> {
  for (;;) {
    const job = (await (await ask('GET', 'jobs')).json()) as Job;
    if (holds(job)) return job;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('a run is started, shown, stopped and gone on with, one at a time', async () => {
  expect(await (await ask('GET', 'jobs')).json()).toBe(null);
  const started = await ask('POST', 'jobs', { preset: 'smoke', depth: 3, record: true });
  expect(started.status).toBe(201);
  const run = ((await started.json()) as Job).run!;
  const { said, command } = await jobWhen((job) => job.said.includes('at work'));
  // What a program says is shown, never obeyed.
  expect(said).toContain('␛[31m');
  const words = ['--preset', 'smoke', '--depth', '3', '--measure-all', '--dropped-text', '2000'];
  expect(command).toBe(`llm run ${words.join(' ')}`);
  const called = JSON.parse(readFileSync(join('runs', run, 'called.json'), 'utf8'));
  expect(called).toEqual(['run', '--run', join('runs', run), ...words]);
  expect((await ask('POST', 'jobs', { preset: 'smoke' })).status).toBe(409);
  await ask('POST', 'jobs/stop');
  expect(await jobWhen(({ state }) => state === 'ended')).toMatchObject({ run, exitCode: 130 });
  expect((await ask('POST', `runs/${run}/resume`)).status).toBe(201);
  expect((await jobWhen((job) => job.said.includes('at work'))).run).toBe(run);
});

test('an experiment is done below the run, goes on with the seeds it has, and a new server knows of it', async () => {
  mkdirSync('runs/a', { recursive: true });
  writeFileSync('runs/a/config.json', '{}');
  const listed = (await (await ask('GET', 'lab')).json()) as ExperimentListing[];
  expect(listed.find(({ name }) => name === 'tokens-to-think')).toMatchObject({ seeds: 3, needsRun: false });
  for (const [body, status] of [
    [{ name: 'nothing' }, 404],
    [{ name: 'tokens-to-think', seeds: 0 }, 400],
    [{ name: 'stored-facts', seeds: 2 }, 400],
    [{ name: 'tokens-to-think', out: '/etc' }, 400],
  ] as const)
    expect([body, (await ask('POST', 'runs/a/lab', body)).status]).toEqual([body, status]);
  expect((await ask('POST', 'runs/b/lab', { name: 'stored-facts' })).status).toBe(404);
  const started = await ask('POST', 'runs/a/lab', { name: 'tokens-to-think', seeds: 2 });
  const command = 'llm lab tokens-to-think --run runs/a --seeds 2';
  const lesson = { run: 'a', name: 'tokens-to-think' };
  expect(await started.json()).toMatchObject({
    run: null,
    lesson,
    command,
    state: 'running',
    canResume: false,
  });
  await jobWhen((job) => job.said.includes('at work'));
  const curves = async (): Promise<unknown> => {
    const view = (await (await ask('GET', 'jobs/view')).json()) as RunViewJson;
    return view.stages['steps first, seed 1']?.curves.loss;
  };
  // What is said and what happened come by two pipes.
  await expect.poll(curves).toMatchObject({ mean: [2] });
  await ask('POST', 'jobs/stop');
  await jobWhen(({ state }) => state === 'ended');
  open();
  const known = { lesson, command, state: 'ended', exitCode: 130, canResume: true };
  expect(await (await ask('GET', 'jobs')).json()).toMatchObject(known);
  expect((await ask('POST', 'jobs/resume')).status).toBe(201);
  expect(await jobWhen((job) => job.said.includes('at work'))).toMatchObject({ lesson, command });
  await jobs.close();
  // Begun with other seeds than its own, and asked for by its name alone.
  mkdirSync('runs/a/lab/random-rewards', { recursive: true });
  writeFileSync('runs/a/lab/random-rewards/stage.json', '{"status":"running","settings":{"seeds":[4,5]}}');
  const again = await ask('POST', 'runs/a/lab', { name: 'random-rewards' });
  expect(await again.json()).toMatchObject({
    command: 'llm lab random-rewards --run runs/a --seed 4 --seeds 2',
  });
});

test('what is no run is refused by name before anything is started', async () => {
  const wrong: [unknown, string][] = [
    [{}, 'preset'],
    [{ preset: 'smoke', depth: 0 }, 'depth'],
    [{ preset: 'smoke', depth: '2; rm -rf /' }, 'depth'],
    [{ preset: 'smoke', text: ['--verbose'] }, 'text'],
    [{ preset: 'smoke', text: [] }, 'text'],
    [{ preset: 'smoke', execute: 'x' }, 'execute'],
  ];
  for (const [body, field] of wrong) {
    const response = await ask('POST', 'jobs', body);
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    expect([response.status, error.code, error.message.split(' ')[0]]).toEqual([
      400,
      'pipeline/job-invalid',
      field,
    ]);
  }
  expect((await ask('POST', 'jobs', { preset: 'smoke' }, 'text/plain')).status).toBe(400);
  expect(existsSync('runs') && jobs.job !== null).toBe(false);
});

test('a plan says memory and the command; inputs that are not there are named', async () => {
  const plan = (await (await ask('POST', 'jobs/plan', { preset: 'smoke' })).json()) as RunPlan;
  expect(plan).toMatchObject({ command: 'llm run --preset smoke', seconds: null, asRun: null });
  // The smoke run that was measured said 688,896.
  expect(plan.parameters).toBe(688_896);
  const larger = (await (await ask('POST', 'jobs/plan', { preset: 'smoke', depth: 8 })).json()) as RunPlan;
  expect(larger.memoryBytes).toBeGreaterThan(plan.memoryBytes);
  const missing = await ask('POST', 'jobs/plan', { preset: 'smoke', text: ['nowhere.txt'] });
  expect(missing.status).toBeGreaterThanOrEqual(400);
  expect(await missing.text()).toContain('nowhere.txt');
});

test('a file that is dropped is copied under its own name, and none elsewhere', async () => {
  mkdirSync('runs', { recursive: true });
  const stored = await ask(
    'POST',
    `uploads/${encodeURIComponent('a b.txt')}`,
    'text',
    'application/octet-stream',
  );
  expect(await stored.json()).toEqual({ path: join('runs', 'given', 'a b.txt') });
  expect(readFileSync(join('runs', 'given', 'a b.txt'), 'utf8')).toBe('"text"');
  for (const name of ['..%2fx', '%2e%2e', '-x', 'a%00b', '.hidden']) {
    const response = await ask('POST', `uploads/${name}`, 'text', 'application/octet-stream');
    expect([name, response.status >= 400]).toEqual([name, true]);
  }
});

test('a model from elsewhere is trained by its own command, which makes no run', async () => {
  const request = { task: 'sft', model: 'a b.gguf', conversations: ['c.jsonl'], lora: 8, dryRun: true };
  const started = await ask('POST', 'jobs/tune', request);
  expect(started.status).toBe(201);
  const parameters = 'sft --model X --conversations c.jsonl --lora 8 --dry-run'.split(' ');
  parameters[2] = 'a b.gguf';
  const ended = await jobWhen(({ state }) => state === 'ended');
  expect(ended).toMatchObject({ run: null, exitCode: 0 });
  expect(ended.command).toBe("llm sft --model 'a b.gguf' --conversations c.jsonl --lora 8 --dry-run");
  expect(JSON.parse(ended.said.split('\n')[0]!)).toEqual(parameters);
  expect(ended.leaves).toBe(null);
});

test('pairs of answers are learned from in a folder of their own, and the curves are told', async () => {
  const request = {
    ...{ task: 'prefer', model: 'runs/a b#rl', pairs: ['p.jsonl'], method: 'reward' },
    ...{ steps: 20, learningRate: 3e-4 },
  };
  const words =
    "prefer --model 'runs/a b#rl' --pairs p.jsonl --method reward --steps 20 --learning-rate 0.0003";
  const planned = { command: `llm ${words} --out tuned/a_b-rl-reward`, leaves: 'tuned/a_b-rl-reward/model' };
  expect(await (await ask('POST', 'jobs/tune/plan', request)).json()).toEqual(planned);
  expect((await ask('POST', 'jobs/tune', request)).status).toBe(201);
  const ended = await jobWhen(({ state }) => state === 'ended');
  expect(ended).toMatchObject({ ...planned, run: null, exitCode: 0 });
  // What is no event is said.
  const [called, broken] = ended.said.trim().split('\n');
  expect((JSON.parse(called!) as string[]).at(-1)).toBe('--json');
  expect(broken).toBe('{"type":"metric","stage":"prefer"}');
  const view = (await (await ask('GET', 'jobs/view')).json()) as RunViewJson;
  expect(view.stages.prefer!.curves.loss).toMatchObject({ step: [1, 2], mean: [1, 0.5] });
  mkdirSync('tuned/a_b-rl-reward', { recursive: true });
  const again = await (await ask('POST', 'jobs/tune/plan', request)).json();
  expect(again).toMatchObject({ leaves: 'tuned/a_b-rl-reward-2/model' });
});

test.for([
  [{ task: 'sft', model: 'x' }, 'conversations'],
  [{ task: 'rl', model: '--force' }, 'model'],
  [{ task: 'rl', model: 'x', conversations: ['y'] }, 'conversations'],
  [{ task: 'rl', model: 'x', lora: 0 }, 'lora'],
  [{ task: 'rl', model: 'x', out: '/etc' }, 'out'],
  [{ task: 'rm', model: 'x' }, 'task'],
  [{ task: 'prefer', model: 'x' }, 'pairs'],
  [{ task: 'prefer', model: 'x', pairs: ['-p'] }, 'pairs'],
  [{ task: 'prefer', model: 'x', pairs: ['p'], method: 'ppo' }, 'method'],
  [{ task: 'prefer', model: 'x', pairs: ['p'], learningRate: 0 }, 'learningRate'],
  [{ task: 'sft', model: 'x', conversations: ['c'], rewardModel: 'y' }, 'rewardModel'],
] as const)('%j is refused by its field', async ([request, field]) => {
  const answer = await ask('POST', 'jobs/tune', request);
  expect(answer.status).toBe(400);
  const { error } = (await answer.json()) as { readonly error: { readonly message: string } };
  expect(error.message).toMatch(new RegExp(`^${field} `));
});
