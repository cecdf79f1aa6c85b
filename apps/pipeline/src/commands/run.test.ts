/**
 * What `llm run` and its stage commands do to the places around a run: what fails, changes or is gone is
 * said, and nothing else moves.
 */
// Slow: every test writes a run and its report
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectoryStore } from '@llm/core/node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCommandLine } from '../command-line.js';
import { presetOptions } from '../presets.js';
import { readEventLog } from '../run/event-log.js';
import { writeRunConfig } from '../run/run-config.js';
import { existingRunDirectory } from '../run/run-directory.js';
import { readStageState, writeStageState } from '../run/stage-state.js';
import { captureOutput } from '../testing/captured-output.js';
import { documentRow, englishDocument } from '../testing/documents.js';

const home = process.cwd();
beforeEach(() => process.chdir(mkdtempSync(join(tmpdir(), 'llm-command-'))));
afterEach(() => process.chdir(home));

async function llm(...parameters: string[]): Promise<{ code: number; out: string; err: string }> {
  const output = captureOutput();
  const code = await runCommandLine(parameters, output);
  return { code, out: output.out(), err: output.err() };
}

const docs = (name = 'docs.jsonl', first = 0): string => {
  writeFileSync(name, [0, 1, 2].map((number) => documentRow(first + number)).join(''));
  return name;
};
const chat = (question: string): string =>
  `${JSON.stringify({
    messages: [
      { role: 'user', content: question },
      { role: 'assistant', content: 'Yes.' },
    ],
  })}\n`;

describe('a start that fails', () => {
  test.each([
    ['an input that is not there', ['data', '--text', 'none.txt'], 'pipeline/input-missing'],
    ['a corpus of empty rows', ['data', '--jsonl', 'empty.jsonl'], 'data/corpus-empty'],
    ['conversations without one', ['run', '--conversations', 'bad.jsonl'], 'sft/no-conversations'],
  ])('%s: the newest run is still the one before', async (_, parameters, code) => {
    writeFileSync('empty.jsonl', '{"text": ""}\n{"text": " "}\n');
    writeFileSync('bad.jsonl', '{"messages": []}\n');
    expect((await llm('data', '--jsonl', docs())).code).toBe(0);
    const before = existingRunDirectory(undefined);
    // Runs are named by the second.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const { code: exit, err } = await llm(...parameters);
    expect([exit, err]).toEqual([1, expect.stringContaining(`[${code}]`)]);
    expect(existingRunDirectory(undefined)).toBe(before);
    // A run of which something can be learned is kept, and named.
    const others = readdirSync('runs').filter((name) => name !== 'latest' && !before.endsWith(name));
    if (code !== 'data/corpus-empty') expect(others).toEqual([]);
    else {
      expect(others).toHaveLength(1);
      expect(err).toContain(`What was done is kept in ${join('runs', others[0] ?? '')}`);
      expect(readFileSync(`runs/${others[0]}/report.md`, 'utf8')).toContain('Not finished');
    }
  });

  test('the first one of all leaves nothing', async () => {
    writeFileSync('empty.txt', '');
    const { code } = await llm('data', '--text', 'empty.txt', '--run', 'deep/run', '--verbose');
    expect(code).toBe(1);
    expect(existsSync('runs/latest')).toBe(false);
  });
});

describe('a text that is read more than four times', () => {
  const sizes = ['--preset', 'smoke', '--vocabulary', '300', '--depth', '1', '--pretrain-steps', '60'];

  test.each([
    ['is warned of', [], true],
    ['is not where noise stands against it', ['--input-noise', '0.1'], false],
  ])('%s', async (_, flags, isWarned) => {
    const { code, err } = await llm('pretrain', '--jsonl', docs(), ...sizes, ...flags);
    expect([code, /read [\d.]+ times and may be learnt by heart.*--input-noise 0\.1/.test(err)]).toEqual([
      0,
      isWarned,
    ]);
  });
});

describe('input that changes between two sessions', () => {
  const conflict =
    /"(data|tokenizer)" of run has begun with other options or input \(files\.[^ ]*[\\/](\w+)\.jsonl\./;

  test.each([
    ['without the flags', []],
    ['with the flags', ['--jsonl', 'docs.jsonl']],
  ])('documents, %s', async (_, flags) => {
    expect((await llm('data', '--run', 'run', '--jsonl', docs())).code).toBe(0);
    docs('docs.jsonl', 10);
    const { code, err } = await llm('data', '--run', 'run', ...flags);
    expect(err).toMatch(conflict);
    expect(err).toMatch(/files\..*docs\.jsonl\.digest: "\w+", now "\w+"/);
    expect(code).toBe(1);
    docs();
    expect((await llm('data', '--run', 'run', ...flags)).code).toBe(0);
  });

  test.each([
    ['without the flags', []],
    ['with the flags', ['--conversations', 'chats.jsonl']],
  ])('conversations of the same size and time, %s', async (_, flags) => {
    writeFileSync('chats.jsonl', Array.from({ length: 20 }, (_, i) => chat(`Is it ${i + 10}?`)).join(''));
    utimesSync('chats.jsonl', 1e9, 1e9);
    const given = ['--jsonl', docs(), '--conversations', 'chats.jsonl', '--vocabulary', '300'];
    expect((await llm('tokenizer', '--run', 'run', ...given)).code).toBe(0);
    writeFileSync('chats.jsonl', readFileSync('chats.jsonl', 'utf8').replaceAll('Yes', 'Yet'));
    utimesSync('chats.jsonl', 1e9, 1e9);
    const { code, err } = await llm('tokenizer', '--run', 'run', ...flags);
    expect(err).toMatch(conflict);
    expect(code).toBe(1);
  });

  test('a touched file is the same; one that nobody needs any more may go', async () => {
    expect((await llm('data', '--run', 'run', '--jsonl', docs())).code).toBe(0);
    utimesSync('docs.jsonl', 1, 1);
    expect((await llm('data', '--run', 'run')).code).toBe(0);
    rmSync('docs.jsonl');
    expect((await llm('tokenizer', '--run', 'run', '--vocabulary', '300')).code).toBe(0);
  });

  test('another that the stage has not begun with is taken', async () => {
    writeFileSync('chats.jsonl', chat('One?').repeat(3));
    const given = ['--jsonl', docs(), '--conversations', 'chats.jsonl'];
    expect((await llm('data', '--run', 'run', ...given)).code).toBe(0);
    writeFileSync('chats.jsonl', chat('Two?').repeat(4));
    expect((await llm('data', '--run', 'run')).code).toBe(0);
    expect(readFileSync('run/config.json', 'utf8')).toContain(`"bytes": ${chat('Two?').length * 4}`);
  });
});

describe('after a power loss', () => {
  test('empty marks of the data stage mean that the work is done again', async () => {
    expect((await llm('data', '--run', 'run', '--jsonl', docs())).code).toBe(0);
    const whole = readFileSync('run/data/report.json', 'utf8');
    const state = await readStageState(new DirectoryStore('run'), 'data');
    await writeStageState(new DirectoryStore('run'), { ...state!, status: 'running', summary: undefined });
    writeFileSync('run/data/report.json', '');
    mkdirSync('run/data/work/00000', { recursive: true });
    writeFileSync('run/data/work/run.json', '');
    writeFileSync('run/data/work/00000/done.json', '{"label"');
    const { code, err } = await llm('data', '--run', 'run');
    expect([code, err]).toEqual([0, expect.not.stringContaining('went wrong inside')]);
    expect(readFileSync('run/data/report.json', 'utf8')).toBe(whole);
  });
});

describe('what is gone', () => {
  test('a complete run without its shards is no success', async () => {
    expect((await llm('data', '--run', 'run', '--jsonl', docs())).code).toBe(0);
    const kept = readFileSync('run/data/shard-00000.jsonl.gz');
    rmSync('run/data/shard-00000.jsonl.gz');
    const { code, out, err } = await llm('data', '--run', 'run');
    expect(err).toMatch(
      /data\/shard-00000\.jsonl\.gz is gone.*delete the folder run.data.*\[pipeline\/artifact-gone\]/,
    );
    expect([code, out]).toEqual([1, '']);
    rmSync('run/data', { recursive: true });
    expect((await llm('data', '--run', 'run')).code).toBe(0);
    expect(readFileSync('run/data/shard-00000.jsonl.gz').equals(kept)).toBe(true);
  });

  test.each(['chat', 'eval', 'generate'])('llm %s names the model and what to do', async (command) => {
    mkdirSync('run');
    await writeRunConfig('run', presetOptions('smoke'));
    await writeStageState(new DirectoryStore('run'), {
      stage: 'sft',
      status: 'complete',
      fingerprint: 'f',
      settings: {},
      summary: {},
      artifacts: { 'sft/model/latest.json': 10, 'sft/model/step-00000300/model.safetensors': 1000 },
    });
    const { code, err } = await llm(
      command,
      '--run',
      'run',
      ...(command === 'eval' ? [] : ['--prompt', 'Hi']),
    );
    expect(err).toMatch(
      /"sft" of .*run was complete, but sft\/model\/latest\.json is gone.* 2 files in all.*llm run --run/,
    );
    expect(code).toBe(1);
  });
});

describe('input as people have it', () => {
  test('folders, patterns and another field; what was passed over and skipped is in the report, by reason', async () => {
    mkdirSync('notes/deep', { recursive: true });
    writeFileSync('notes/deep/a.md', englishDocument(1));
    writeFileSync('notes/b.txt', englishDocument(2));
    writeFileSync('notes/picture.png', 'x');
    writeFileSync(
      'one.jsonl',
      documentRow(3, 'content') + documentRow(4, 'body') + documentRow(5, 'content'),
    );
    const given = ['--text', 'notes', '--jsonl', '*.jsonl', '--text-field', 'content'];
    expect((await llm('data', '--run', 'run', ...given)).code).toBe(0);
    const report = JSON.parse(readFileSync('run/report.json', 'utf8')) as {
      stages: { data: { kept: number; dropped: Record<string, number> } };
    };
    expect(report.stages.data).toMatchObject({ kept: 4, dropped: { 'no-text': 1 } });
    expect(readFileSync('run/report.md', 'utf8')).toContain('another kind of name 1');
    expect((await llm('data', '--run', 'run')).code).toBe(0);
    expect((await llm('data', '--run', 'other', '--text-field', 'content', '--text', 'notes')).err).toContain(
      'there is none of them',
    );
  });

  test('one file of conversations without any does not end a run of several', async () => {
    mkdirSync('chats');
    writeFileSync(
      'chats/a.jsonl',
      [...Array.from({ length: 20 }, (_, i) => chat(`Is it ${i}?`)), 'no JSON\n'].join(''),
    );
    writeFileSync('chats/b.jsonl', '{"messages": []}\n'.repeat(3));
    const given = ['--jsonl', docs(), '--conversations', 'chats', '--vocabulary', '300'];
    expect((await llm('tokenizer', '--run', 'run', ...given)).code).toBe(0);
    rmSync('chats/a.jsonl');
    expect((await llm('data', '--run', 'other', ...given)).err).toContain('sft/no-conversations');
  });
});

test('--json prints the log, and every stage starts and ends once', async () => {
  const { code, out } = await llm('data', '--run', 'run', '--json', '--jsonl', docs());
  expect(code).toBe(0);
  const events = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string });
  const logged = readEventLog('run').filter(({ type }) => type !== 'progress');
  expect(events.filter(({ type }) => type !== 'progress')).toEqual(logged);
  expect(
    events.map(({ type }) => type).filter((type) => /stage|begin|start|end|complete/.test(type)),
  ).toEqual(['session-start', 'stage-start', 'stage-end']);
});

describe('escapes of a terminal are shown', () => {
  const evil = '\u001b[31m\u009b2J\u202e';
  const control = /(?!\n)\p{Cc}|[\u202a-\u202e]/u;

  test.each([
    ['in the name of a file that is there', ['data', '--text', `${evil}.txt`]],
    ['in the name of one that is not', ['data', '--text', `no${evil}.txt`]],
    ['in a flag', ['data', `--${evil}`]],
    ['in the value of a flag', ['data', '--seed', evil]],
    ['in a command', [evil]],
    ['in the name of a run', ['report', '--run', `none\n${evil}`]],
    ['in a field', ['data', '--jsonl', 'docs.jsonl', '--text-field', evil]],
  ])('%s', async (_, parameters) => {
    // Windows has no such names.
    if (process.platform !== 'win32') writeFileSync(`${evil}.txt`, englishDocument(1));
    docs();
    const { out, err } = await llm(...parameters);
    expect(out + err).not.toMatch(control);
    if (parameters[2] !== `${evil}.txt` || process.platform === 'win32')
      expect(err).toContain('␛[31m\\x9b2J\\u202e');
  });
});
