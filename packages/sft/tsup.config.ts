import { preset } from '@llm/build/tsup';

export default preset({ index: 'src/index.ts' });
