import { preset } from '@llm/build/tsup';

export default preset({
  index: 'src/index.ts',
  'training/index': 'src/training/index.ts',
  'stores/index': 'src/stores/index.ts',
  'testing/index': 'src/testing/index.ts',
  'node/index': 'src/node/index.ts',
});
