/**
 * One server and one Chromium for all files of tests in a browser: they take seconds of a processor to
 * start, and hold nothing that a test could leave to the next, as pages are opened in contexts of their own
 * and runs lie in folders of their own.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium } from '@llm/build/chromium';
import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { startStudio, testRun } from './studio-server.js';

export interface SharedStudio {
  readonly url: string;
  /** Where Chromium listens. */
  readonly browser: string;
  /** A run that is put in here is one of the server's. */
  readonly runs: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly studio: SharedStudio | undefined;
    /** Milliseconds that a room is waited for. */
    readonly patience: number;
  }
}

export const browserArgs: readonly string[] = ['--no-sandbox', '--disable-dev-shm-usage'];

/** Called by vitest once, before all files; what it returns, after them. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  project.provide('studio', undefined);
  if (process.env.LLM_BROWSER === undefined) return undefined;
  const executablePath = findChromium('The studio in a browser');
  const run = testRun();
  if (executablePath === undefined || run === undefined) return undefined;
  const desk = mkdtempSync(join(tmpdir(), 'studio-rooms-'));
  const runs = join(desk, 'runs');
  mkdirSync(runs);
  const server = await startStudio(['--run', run], { cwd: desk });
  const browser = await chromium.launchServer({ executablePath, args: [...browserArgs] });
  project.provide('studio', { url: server.url, browser: browser.wsEndpoint(), runs });
  return async () => {
    await Promise.all([browser.close(), server.stop()]);
    rmSync(desk, { recursive: true });
  };
}
