import { preset } from '@llm/build/vitest';

// A browser, a server and a run need the machine for themselves.
export default preset({
  globalSetup: ['./src/testing/shared-studio.ts'],
  maxWorkers: 1,
  // What the files of tests in a browser import takes a second each, and is the same for all.
  isolate: process.env.LLM_BROWSER === undefined,
  testTimeout: 300_000,
  hookTimeout: 180_000,
});
