import { preset } from '@llm/build/vitest';

export default preset();
