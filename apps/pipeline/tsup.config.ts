import { preset } from '@llm/build/tsup';

export default preset({ main: 'src/main.ts', 'data-steps': 'src/stages/data-steps.ts' });
