import { preset } from '@llm/build/tsup';

export default preset({
  index: 'src/index.ts',
  'node/index': 'src/node/index.ts',
  'node/shard-feed-thread': 'src/node/shard-feed-thread.ts',
});
