import { preset } from '@llm/build/vitest';

// The software GPU is slow, and slower on a busy machine.
export default preset(process.env.LLM_GRAPH_EXECUTOR === 'webgpu' ? { testTimeout: 300_000 } : {});
