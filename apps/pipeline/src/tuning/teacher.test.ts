/** `llm sft --teacher`: a model learns what another would say, or what an endpoint answers; refusals. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommandLine } from '../command-line.js';
import { captureOutput } from '../testing/captured-output.js';
import { writeTinyModel } from '../testing/tiny-model.js';

// Slow: models are trained

const directory = mkdtempSync(join(tmpdir(), 'llm-teacher-'));
const place = (name: string): string => join(directory, name);
const words = ['cat', 'mat', 'end', 'the', 'sat'];

async function llm(...parameters: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const output = captureOutput();
  const code = await runCommandLine(parameters, output);
  return { code, stdout: output.out(), stderr: output.err() };
}
const ofSft = (out: string, ...more: string[]): string[] => [
  ...['sft', '--model', place('base'), '--conversations', place('chats.jsonl'), '--out', place(out)],
  ...['--rows', '4', '--columns', '64', '--learning-rate', '0.01', '--threads', '1', ...more],
];
const lossOf = (out: string): { before: number; after: number } =>
  JSON.parse(readFileSync(join(place(out), 'measured/result.json'), 'utf8')).heldOutLoss;
const weightsOf = (out: string): Buffer => readFileSync(join(place(out), 'model.safetensors'));

/** Answers what was asked in capitals; the fifth question and those after it wait until it is let go. */
let [asked, isHeld] = [0, false];
let server: Server;
const keptFile = (): string => join(place('asked'), 'teacher/answers.jsonl');
const keptLines = (): string[] =>
  existsSync(keptFile()) ? readFileSync(keptFile(), 'utf8').trim().split('\n') : [];
/** Ctrl-C when so many answers have arrived. */
function interruptWhenKept(count: number): void {
  if (keptLines().length < count) setTimeout(interruptWhenKept, 10, count);
  else process.emit('SIGINT');
}
const requests: {
  key: string | undefined;
  model: string;
  max_tokens: number;
  messages: { content: string }[];
}[] = [];
const address = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;

beforeAll(async () => {
  await writeTinyModel(place('base'));
  const rows = Array.from({ length: 40 }, (_, i) => ({
    question: `Say ${words[i % 5]} ${i}`,
    answer: 'the cat',
  }));
  writeFileSync(place('chats.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const question = JSON.parse(body);
    requests.push({ ...question, key: request.headers.authorization });
    if (isHeld && ++asked > 4) return asked === 5 ? interruptWhenKept(4) : undefined;
    const content = `the ${question.messages.at(-1).content.split(' ')[1]}`;
    response.end(JSON.stringify({ choices: [{ message: { content }, finish_reason: 'stop' }] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(directory, { recursive: true });
});

describe('a teacher at an address', () => {
  const how = (): string[] => ['--teacher', address(), '--teacher-model', 'large', '--steps', '8'];

  test('is asked once for each answer, stopped or not, and its answers are learnt', async () => {
    isHeld = true;
    const stopped = await llm(...ofSft('asked', ...how()));
    isHeld = false;
    expect(stopped.code, stopped.stderr).toBe(130);
    expect(stopped.stderr).toContain('the answers so far are kept');
    const kept = keptLines().length;
    expect(kept).toBe(4);
    // Requests of the first run may still arrive: the second one's have a key.
    process.env.OPENAI_API_KEY = 'second';
    const { code, stderr } = await llm(...ofSft('asked', ...how(), '--max-tokens', '512'));
    expect(code, stderr).toBe(0);
    delete process.env.OPENAI_API_KEY;
    const second = requests.filter(({ key }) => key === 'Bearer second');
    expect(second).toHaveLength(40 - kept);
    expect(second[0]).toMatchObject({ model: 'large', max_tokens: 512 });
    expect(stderr).toContain('40 of 40 questions answered');
    expect(lossOf('asked').after).toBeLessThan(0.5 * lossOf('asked').before);
    const [file] = readdirSync(join(place('asked'), 'teacher')).filter((name) => name.endsWith('.json'));
    const said = JSON.parse(readFileSync(join(place('asked'), 'teacher', file!), 'utf8'));
    expect(said[1].messages[1].parts).toEqual([{ type: 'text', text: 'the mat' }]);
    const before = requests.length;
    const other = await llm(...ofSft('asked', ...how(), '--resume', '--max-tokens', '9'));
    expect(other.stderr).toContain('holds a training from other answers');
    expect(requests).toHaveLength(before);
  }, 120_000);
});

describe('a teacher here', () => {
  test('says what the student should have said, and goes on to the bit after a stop', async () => {
    // The same numbers: nothing to learn, whoever answers.
    const same = await llm(
      ...ofSft('same', '--teacher', place('base'), '--max-tokens', '8', '--steps', '2', '--json'),
    );
    expect(same.code, same.stderr).toBe(0);
    const losses = [...same.stdout.matchAll(/"values":\{"loss":([^,]+),/g)].map(([, loss]) => Number(loss));
    expect(losses).toHaveLength(2);
    expect(Math.max(...losses)).toBeLessThan(1e-3);
    const how = [
      '--teacher',
      place('asked'),
      '--max-tokens',
      '8',
      '--steps',
      '16',
      '--save-every',
      '4',
      '--json',
    ];
    const whole = await llm(...ofSft('whole', ...how));
    expect(whole.code, whole.stderr).toBe(0);
    const learned = [...whole.stdout.matchAll(/"values":\{"loss":([^,]+),/g)].map(([, loss]) => Number(loss));
    expect(learned.at(-1)!).toBeLessThan(0.7 * learned[0]!);
    const interrupted = captureOutput();
    const stdout = {
      write: (text: string) => void (/"type":"metric".*"step":6/.test(text) && process.emit('SIGINT')),
    };
    expect(await runCommandLine(ofSft('parts', ...how), { stdout, stderr: interrupted.stderr })).toBe(130);
    expect(existsSync(join(place('parts'), 'model.safetensors'))).toBe(false);
    expect((await llm(...ofSft('parts', ...how, '--resume'))).code).toBe(0);
    expect(weightsOf('parts').equals(weightsOf('whole'))).toBe(true);
  }, 120_000);
});

test('one with other tokens is refused', async () => {
  await writeTinyModel(place('other'), 'a different text with other pairs of letters. ');
  const { code, stderr } = await llm(...ofSft('x', '--teacher', place('other')));
  expect(code).toBe(1);
  expect(stderr).toMatch(/have other tokens \(id \d+ is ".+" and ".+"\)/);
});

test.each([
  [['--temperature', '1'], '--temperature: it is about a teacher'],
  [['--teacher', 'http://localhost:1/v1'], 'say with --teacher-model NAME'],
  [
    ['--teacher', 'http://localhost:1/v1', '--divergence', '1'],
    '--divergence: it needs what a teacher would',
  ],
  [['--teacher', 'x', '--teacher-model', 'y'], '--teacher-model: it is of an endpoint'],
  [['--teacher', 'x', '--loss', 'dft'], "--loss: the teacher's distributions say what is learnt"],
  [['--teacher', 'x', '--temperature', '0'], '--temperature 0: distributions are compared'],
])('%j is refused by name', async (more, message) => {
  const { code, stderr } = await llm(...ofSft('x', ...more));
  expect(code).toBe(1);
  expect(stderr).toContain(message);
});
