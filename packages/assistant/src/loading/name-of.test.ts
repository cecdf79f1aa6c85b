import { expect, test } from 'vitest';
import { nameOfAddress, nameOfFile } from './name-of.js';

test.each([
  ['/a/SmolLM2-135M-Instruct.Q4_1.gguf', 'SmolLM2-135M-Instruct'],
  ['gemma-3-270m-it-Q4_K_M.gguf', 'gemma-3-270m-it'],
  ['https://h/x/model-f16.gguf?download=true', 'model'],
  ['C:\\models\\Qwen.IQ4_NL.gguf', 'Qwen'],
  ['Q4_0.gguf', 'Q4_0'],
])('%s is %s', (path, name) => {
  expect(nameOfFile(path)).toBe(name);
});

test('a name on the hub', () => {
  expect(nameOfAddress('hf:HuggingFaceTB/SmolLM2-135M-Instruct@main')).toBe('SmolLM2-135M-Instruct');
});
