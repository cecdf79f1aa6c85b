import { expect, test } from 'vitest';
import { FileStore } from './file-store.js';

const file = (text: string): File => new File([text], 'any');

test('a folder’s files are read by their path in it, whole and in parts', async () => {
  const store = new FileStore([
    ['model/config.json', file('{}')],
    ['model/onnx/weights.bin', file('0123456789')],
  ]);
  expect(await store.list('')).toEqual(['config.json', 'onnx/weights.bin']);
  expect(await store.list('onnx/')).toEqual(['onnx/weights.bin']);
  expect(new TextDecoder().decode(await store.readRange('onnx/weights.bin', 2, 5))).toBe('234');
  expect(await store.size('onnx/weights.bin')).toBe(10);
  expect(await store.has('model/config.json')).toBe(false);
});

test('single files keep their names, and what is not there is an error with a code', async () => {
  const store = new FileStore([['a.gguf', file('GGUF')]]);
  expect(new TextDecoder().decode(await store.read('a.gguf'))).toBe('GGUF');
  await expect(store.read('b.gguf')).rejects.toMatchObject({ code: 'core/artifact-missing' });
  await expect(store.write('b.gguf')).rejects.toMatchObject({ code: 'core/store-read-only' });
});
