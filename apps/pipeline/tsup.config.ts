import { preset } from '@llm/build/tsup';

export default preset({ main: 'src/main.ts' });
