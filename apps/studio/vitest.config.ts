import { preset } from '@llm/build/vitest';

/** Milliseconds that a room is waited for: seconds on a machine that is free, and others may be at work. */
const patience = 180_000;

// A browser, a server and a run need the machine for themselves.
export default preset({
  globalSetup: ['./src/testing/shared-studio.ts'],
  maxWorkers: 1,
  // What the files of tests in a browser import takes a second each, and is the same for all.
  isolate: process.env.LLM_BROWSER === undefined,
  provide: { patience },
  expect: { poll: { timeout: patience } },
  testTimeout: 3 * patience,
  hookTimeout: patience,
});
