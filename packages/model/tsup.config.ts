import { preset } from '@llm/build/tsup';

export default {
  ...preset({
    index: 'src/index.ts',
    'evaluation/index': 'src/evaluation/index.ts',
    'export/index': 'src/export/index.ts',
    'gguf/index': 'src/gguf/index.ts',
    'hugging-face/index': 'src/hugging-face/index.ts',
    'node/index': 'src/node/index.ts',
    'node/shard-feed-thread': 'src/node/shard-feed-thread.ts',
  }),
  // assets/torchrun/ → dist/torchrun/: scripts that `exportTorchrun` copies.
  publicDir: 'assets',
};
