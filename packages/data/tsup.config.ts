import { preset } from '@llm/build/tsup';

export default preset({
  index: 'src/index.ts',
  'node/index': 'src/node/index.ts',
  'node/bullmq': 'src/node/bullmq/index.ts',
  'node/worker': 'src/node/workers/worker.ts',
});
