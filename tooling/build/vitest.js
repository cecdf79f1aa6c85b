// The one test configuration: packages are tested on their sources, so no build is needed first.
import { defineConfig } from 'vitest/config';
import { SlowFiles } from './slow-files.js';

const conditions = ['@llm/source'];

/** @param {import('vitest/config').ViteUserConfig['test']} [test] */
export function preset(test = {}) {
  return defineConfig({
    resolve: { conditions },
    ssr: { resolve: { conditions, externalConditions: conditions } },
    test: {
      include: ['src/**/*.test.ts'],
      passWithNoTests: false,
      pool: 'forks',
      maxWorkers: 2,
      testTimeout: 60_000,
      hookTimeout: 60_000,
      reporters: ['default', new SlowFiles()],
      ...test,
    },
  });
}
