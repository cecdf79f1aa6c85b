import { preset } from '@llm/build/vitest';

// A browser, a server and a run need the machine for themselves.
export default preset({
  globalSetup: ['./src/testing/shared-studio.ts'],
  maxWorkers: 1,
  testTimeout: 300_000,
  hookTimeout: 180_000,
});
