/**
 * A process that competes for locks: `lock-contender.ts FOLDER…` waits for the file `go` in each folder,
 * tries to lock it, prints `owner` or `busy`, and as the owner keeps it until there is a file `end`.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LlmError } from '@llm/core';
import { lockRun } from '../run/run-lock.js';

const until = async (path: string): Promise<void> => {
  while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 1));
};

process.stdout.write('ready\n');
for (const folder of process.argv.slice(2)) {
  await until(join(folder, 'go'));
  let unlock: (() => void) | undefined;
  try {
    unlock = lockRun(folder);
  } catch (error) {
    if (!LlmError.isInstance(error) || error.code !== 'pipeline/run-busy') throw error;
  }
  process.stdout.write(unlock === undefined ? 'busy\n' : 'owner\n');
  await until(join(folder, 'end'));
  unlock?.();
  process.stdout.write('done\n');
}
