import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCommandLine } from './command-line.js';
import { describeError } from './terminal/describe-error.js';
import { captureOutput } from './testing/captured-output.js';

const run = async (...parameters: string[]): Promise<{ code: number; out: string; err: string }> => {
  const output = captureOutput();
  const code = await runCommandLine(parameters, output);
  return { code, out: output.out(), err: output.err() };
};

const oneLine = /^error: [^\n]+\n$/;

describe('llm command line', () => {
  const commands = [
    'run',
    'data',
    'tokenizer',
    'pretrain',
    'sft',
    'rl',
    'eval',
    'generate',
    'chat',
    'serve',
    'inspect',
    'export',
    'convert',
    'report',
  ];

  test.each(commands)('llm %s --help explains itself with examples', async (command) => {
    const { code, out, err } = await run(command, '--help');
    expect(code).toBe(0);
    expect(err).toBe('');
    expect(out).toContain(`Usage: llm ${command} [options]`);
    expect(out).toMatch(new RegExp(`Examples:\\n {2}(echo .*)?llm ${command}`));
  });

  test('llm --help names every command', async () => {
    const { out } = await run('--help');
    for (const command of commands) expect(out).toMatch(new RegExp(`^  ${command} `, 'm'));
  });

  test.each([
    [['run', '--nonsense'], /unknown option '--nonsense'/],
    [['run', '--seeed', '3'], /Did you mean --seed\?/],
    [['run', '--preset', 'huge'], /Allowed choices are smoke, default/],
    [['run', '--depth', 'four'], /--depth <n>.*whole number from 1 to 100/],
    [['run', '--size', '0'], /--size <pages>.*from 1 to 1000000/],
    [['run', '--size', '1.5'], /whole number/],
    [['run', '--warc'], /argument missing/],
    [['run', 'somewhere'], /too many arguments/],
    [['pretrain', '--steps', '-3'], /whole number of at least 1/],
    [['chat', '--temperature', 'hot'], /a number from 0 to 10/],
    [['eval', '--model', 'best'], /Allowed choices are pretrain, sft, rl, control/],
    [['chat', '--dtype', 'q5'], /Allowed choices are as stored, float32, q8, q4/],
    [['serve', '--cors', 'example.com'], /Give an origin/],
    [['serve', '--port', '70000'], /from 0 to 65535/],
    [['inspect'], /missing required argument 'source'/],
    [['export', 'out'], /required option '--to <format>'/],
    [['convert', 'a', 'b', '--to', 'pdf'], /Allowed choices are safetensors, gguf, onnx/],
    [
      ['convert', 'a', 'b', '--to', 'gguf', '--dtype', 'q3'],
      /'q3' is invalid. gguf is written as f16, f32, q8_0/,
    ],
    [['export', 'b', '--to', 'safetensors', '--dtype', 'f32,f16'], /written as f32, bf16, f16/],
    [['generate'], /required option '--prompt <text>'/],
    [['fly'], /unknown command 'fly'/],
  ])('%j is refused with one line and exit code 2', async (parameters, message) => {
    const { code, out, err } = await run(...parameters);
    expect(err).toMatch(oneLine);
    expect(err).toMatch(message);
    expect(out).toBe('');
    expect(code).toBe(2);
  });

  test('a user mistake is one line without a stack and exit code 1; --verbose adds the stack', async () => {
    const missing = join(mkdtempSync(join(tmpdir(), 'llm-cli-')), 'none');
    const quiet = await run('report', '--run', missing);
    expect(quiet.code).toBe(1);
    expect(quiet.err).toMatch(oneLine);
    expect(quiet.err).toContain('pipeline/run-missing');
    const verbose = await run('report', '--run', missing, '--verbose');
    expect(verbose.err).toMatch(/\n\s+at /);
  });

  test('an error of ours that is no LlmError does not spill its stack either', () => {
    expect(describeError(new TypeError('x is undefined'), false)).toBe(
      'error: something went wrong inside: x is undefined (--verbose shows where)',
    );
  });
});
