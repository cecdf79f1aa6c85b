// Slow: a model is made, converted into every format and loaded again
/** The commands on a model that is no run's: a folder made here, and what it is converted to. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommandLine } from '../command-line.js';
import { captureOutput } from '../testing/captured-output.js';
import { writeTinyModel } from '../testing/tiny-model.js';

const directory = mkdtempSync(join(tmpdir(), 'llm-any-model-'));
const folder = join(directory, 'tiny');
const at = (name: string): string => join(directory, name);
beforeAll(() => writeTinyModel(folder));
afterAll(() => rmSync(directory, { recursive: true }));

async function llm(...parameters: string[]): Promise<{ code: number; out: string; err: string }> {
  const output = captureOutput();
  const code = await runCommandLine(parameters, output);
  return { code, out: output.out(), err: output.err() };
}

const greedy = (model: string, ...more: string[]): Promise<{ code: number; out: string; err: string }> =>
  llm(
    'generate',
    '--model',
    model,
    '--prompt',
    'the cat',
    '--temperature',
    '0',
    '--max-tokens',
    '12',
    ...more,
  );

describe('a model from a folder', () => {
  test('goes on with a text, the same each time, and answers', async () => {
    const { code, out, err } = await greedy(folder);
    expect([code, err]).toEqual([0, '']);
    expect(out.startsWith('the cat')).toBe(true);
    expect(out.length).toBeGreaterThan(12);
    expect((await greedy(folder, '--dtype', 'float32')).out).toBe(out);
    const asked = ['-p', 'Who?', '--max-tokens', '5', '--temperature', '0'];
    const answers = [
      await llm('chat', '--model', folder, ...asked),
      await llm('chat', '--model', folder, '--no-tools', ...asked),
    ];
    expect(answers.map((answer) => answer.code)).toEqual([0, 0]);
    expect(answers[0]!.out).toBe(answers[1]!.out);
    const seeded = (seed: string) => greedy(folder, '--temperature', '1', '--seed', seed);
    expect((await seeded('5')).out).toBe((await seeded('5')).out);
    expect((await seeded('5')).out).not.toBe((await seeded('6')).out);
  });

  test.each([
    [['chat', '-p', 'x', '--model', 'nowhere'], /There is no nowhere.*assistant\/source-missing/],
    [['chat', '-p', 'x', '--model', 'nowhere', '--run', 'x'], /Leave --run out/],
    [['generate', '--prompt', 'x', '--model', 'hf:'], /hf:/],
    [['inspect', 'nowhere'], /There is no nowhere/],
    [['inspect', 'hf:no'], /hf:owner\/name/],
    [['convert', 'nowhere', 'out.gguf', '--to', 'gguf'], /There is no nowhere/],
    [['serve', '--model', 'a', '--model', 'b', '--adapter', 'c'], /--adapter belongs to one model/],
  ])('%j is one line and exit code 1', async (parameters, message) => {
    const { code, err } = await llm(...parameters);
    expect(code).toBe(1);
    expect(err.trim().split('\n').at(-1)).toMatch(message);
    expect(existsSync('out.gguf')).toBe(false);
  });
});

describe('export and convert', () => {
  test('through GGUF and back: the same text, and the weights to the last bit', async () => {
    const expected = (await greedy(folder)).out;
    const to = await llm('convert', folder, at('tiny.gguf'), '--to', 'gguf', '--dtype', 'f32');
    expect(to.err).toContain('writing gguf (f32)');
    expect(to.out).toMatch(/kB {2}.*tiny\.gguf\nTalk to it: llm chat --model .*tiny\.gguf\n$/);
    const back = await llm('export', at('back'), '--to', 'safetensors', '--model', at('tiny.gguf'), '--json');
    const { files, bytes } = JSON.parse(back.out) as {
      files: { name: string; bytes: number }[];
      bytes: number;
    };
    expect(files.map(({ name }) => name.slice(at('back').length + 1))).toEqual([
      'config.json',
      'generation_config.json',
      'model.safetensors',
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
    expect(bytes).toBe(files.reduce((sum, file) => sum + file.bytes, 0));
    for (const model of [at('tiny.gguf'), at('back')]) expect((await greedy(model)).out).toBe(expected);
    const weights = (name: string): Buffer => readFileSync(join(name, 'model.safetensors'));
    expect(weights(at('back')).equals(weights(folder))).toBe(true);
  });

  test('halves are half the size and say so', async () => {
    expect((await llm('convert', folder, at('half'), '--to', 'safetensors', '--dtype', 'bf16')).code).toBe(0);
    expect(JSON.parse(readFileSync(at('half/config.json'), 'utf8')).torch_dtype).toBe('bfloat16');
    const { out } = await llm('inspect', at('half'), '--json');
    const { tensors } = JSON.parse(out) as { tensors: { dtype: string }[] };
    expect(new Set(tensors.map(({ dtype }) => dtype))).toEqual(new Set(['BF16']));
    expect((await greedy(at('half'))).code).toBe(0);
  });

  test('nothing is replaced unasked, and never a folder with other things; nothing half is left', async () => {
    writeFileSync(at('taken.gguf'), 'mine');
    const convert = (out: string, ...more: string[]) =>
      llm('convert', folder, at(out), '--to', 'gguf', ...more);
    expect((await convert('taken.gguf')).err).toMatch(/exists already.*--force.*pipeline\/output-exists/);
    expect(readFileSync(at('taken.gguf'), 'utf8')).toBe('mine');
    expect((await convert('taken.gguf', '--force')).code).toBe(0);
    expect(readFileSync(at('taken.gguf'), 'latin1').slice(0, 4)).toBe('GGUF');
    expect((await convert('tiny')).err).toMatch(/is a folder, and the model is written as a file/);
    mkdirSync(at('home'));
    writeFileSync(at('home/thesis.doc'), 'mine');
    const refused = await llm('convert', folder, at('home'), '--to', 'safetensors', '--force');
    expect(refused.err).toMatch(/thesis\.doc.*--force does not replace this one/);
    const onnx = await llm('convert', folder, at('web'), '--to', 'onnx', '--dtype', 'q8,fp32');
    expect(onnx.out).toContain('transformers.js');
    expect(readdirSync(at('web/onnx')).sort()).toEqual(['model.onnx', 'model_quantized.onnx']);
    expect(readdirSync(directory).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

describe('inspect', () => {
  test('says what is in each kind of file', async () => {
    await llm('convert', folder, at('seen.gguf'), '--to', 'gguf', '--dtype', 'q8_0');
    await llm('convert', folder, at('graphs'), '--to', 'onnx', '--dtype', 'fp32');
    for (const [source, ...expected] of [
      [
        folder,
        /Hugging Face folder, \w+/,
        /2 layers of 64, 2 heads of 32/,
        /context +96 tokens; vocabulary 282/,
        /byte-level BPE of 282 tokens/,
        /<\|bos\|> \d+/,
      ],
      [at('seen.gguf'), /GGUF 3/, /2 × Q8_0 \[\d+, 64\] blk\.\*\.ffn_up\.weight/, /pattern +llama-bpe/],
      [join(folder, 'model.safetensors'), /safetensors file/, /F32 \[282, 64\]/],
      [join(folder, 'tokenizer.json'), /tokenizer\.json/, /byte-level BPE of 282 tokens/],
      [at('graphs/onnx/model.onnx'), /: ONNX/, /FLOAT \[282, 64\]/, /inputs +.*input_ids/],
    ] as const) {
      const { code, out, err } = await llm('inspect', source);
      expect([code, err]).toEqual([0, '']);
      for (const pattern of expected) expect(out).toMatch(pattern);
    }
    expect((await llm('inspect', folder, '--template')).out).toContain("{{ '<|bos|>' }}");
    expect((await llm('inspect', folder, '--tensors')).out).toContain('model.layers.1.');
  });

  test('what cannot be used is named, and damaged files are errors', async () => {
    mkdirSync(at('strange'));
    writeFileSync(at('strange/config.json'), '{"model_type": "rwkv"}');
    const { code, out } = await llm('inspect', at('strange'));
    expect(code).toBe(0);
    expect(out).toMatch(/unsupported .*rwkv/);
    expect(out).toMatch(/unsupported .*no tokenizer\.json/);
    expect(out).toMatch(/unsupported .*no weights/);
    await llm('convert', folder, at('cut.gguf'), '--to', 'gguf');
    await llm('convert', folder, at('cut'), '--to', 'onnx', '--dtype', 'fp32');
    for (const path of ['cut.gguf', 'cut/onnx/model.onnx']) {
      truncateSync(at(path), 3000);
      const damaged = await llm('inspect', at(path));
      expect(damaged.code).toBe(1);
      expect(damaged.err).toMatch(/^error: [^\n]+\[(model|pipeline)\/[\w-]+\]\n$/);
    }
  });
});

test('serve answers over the OpenAI API until a signal, and says where in one JSON line', async () => {
  const output = captureOutput();
  const serving = runCommandLine(
    ['serve', '--model', folder, '--port', '0', '--token', 'secret', '--json'],
    output,
  );
  while (output.out() === '') await new Promise((resolve) => setTimeout(resolve, 20));
  const ready = JSON.parse(output.out()) as { url: string };
  expect(ready).toMatchObject({ models: ['tiny'], token: true });
  const headers = { authorization: 'Bearer secret', 'content-type': 'application/json' };
  const body = JSON.stringify({
    model: 'tiny',
    messages: [{ role: 'user', content: 'Who?' }],
    max_tokens: 4,
  });
  const ask = (own: Record<string, string>) =>
    fetch(`${ready.url}/v1/chat/completions`, { method: 'POST', headers: own, body });
  expect((await ask({ 'content-type': 'application/json' })).status).toBe(401);
  expect(await (await ask(headers)).json()).toMatchObject({ object: 'chat.completion', model: 'tiny' });
  process.emit('SIGTERM');
  expect(await serving).toBe(0);
});
