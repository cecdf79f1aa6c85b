/**
 * TypeScript modules on Node that does not read TypeScript itself (before 22.18): with tsx, where it is
 * installed.
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { LlmError } from '@llm/core';

export function isTypeScript(module: string): boolean {
  return /\.[cm]?ts$/.test(module);
}

/** URL of the module whose `register()` makes TypeScript readable; undefined when it is already. */
export function typeScriptLoader(module: string): string | undefined {
  if (!isTypeScript(module) || 'typescript' in process.features) return undefined;
  for (const from of [module.startsWith('file:') ? module : pathToFileURL(module).href, import.meta.url]) {
    try {
      return pathToFileURL(createRequire(from).resolve('tsx/esm/api')).href;
    } catch {
      // not installed there
    }
  }
  throw new LlmError({
    code: 'data/plan-unreadable',
    message: `Node ${process.version} cannot read ${module}: install tsx beside it (npm install tsx), or write it in JavaScript.`,
    details: { module },
  });
}

/** In the main thread; workers are started with the loader. */
export async function registerTypeScript(module: string): Promise<void> {
  const isThere = process.execArgv.some((argument) => argument.includes('tsx')) || 'VITEST' in process.env;
  const loader = isMainThread && !isThere ? typeScriptLoader(module) : undefined;
  if (loader !== undefined) ((await import(loader)) as { register(): void }).register();
}
