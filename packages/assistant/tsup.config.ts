import { preset } from '@llm/build/tsup';

export default preset({
  index: 'src/index.ts',
  'node/index': 'src/node/index.ts',
  'server/index': 'src/server/index.ts',
  'server/node/index': 'src/server/node/index.ts',
  'web/index': 'src/web/index.ts',
});
