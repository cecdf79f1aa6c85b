import { createModelConfig, initialParameters } from '@llm/model';
import { writeGguf } from '@llm/model/export';
import { bytesSource, importGguf } from '@llm/model/gguf';
import type { FuzzTarget } from '../fuzz-target.js';

const sizes = { vocabularySize: 16, contextLength: 8, depth: 1, heads: 2 };
const narrow = createModelConfig({ ...sizes, width: 16 });
/** Rows of whole K-quant blocks. */
const wide = createModelConfig({ ...sizes, width: 256 });
const tokenizer = {
  model: 'gpt2',
  pre: 'qwen2',
  tokens: ['a', 'b', 'ab'],
  tokenTypes: [1, 1, 1],
  merges: ['a b'],
};

const seeds = {
  'with a tokenizer': writeGguf({ config: narrow, parameters: initialParameters(narrow, 1), tokenizer }),
  quantised: writeGguf({ config: wide, parameters: initialParameters(wide, 1), dtype: 'q4_k' }),
};

export const ggufTargets: readonly FuzzTarget[] = [
  { name: 'gguf', seeds, run: (bytes) => importGguf(bytesSource(bytes)) },
  // As an assistant loads it: its memory is to be that of the file.
  { name: 'gguf kept quantised', seeds, run: (bytes) => importGguf(bytesSource(bytes), { quantized: true }) },
];
