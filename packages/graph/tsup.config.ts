import { preset } from '@llm/build/tsup';

export default preset({
  index: 'src/index.ts',
  'node/index': 'src/node/index.ts',
  'node/worker-thread': 'src/node/worker-thread.ts',
  'testing/index': 'src/testing/index.ts',
  'web/index': 'src/web/index.ts',
  'web/worker-thread': 'src/web/worker-thread.ts',
});
