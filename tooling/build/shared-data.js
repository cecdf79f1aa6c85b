// Where the real data for tests and measurements lies: $LLM_SHARED, or `shared/` beside the checkout.
// It is never part of the repository; what needs it says so on standard error when it is absent.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = process.env.LLM_SHARED ?? join(dirname(fileURLToPath(import.meta.url)), '../../../shared');

export function sharedDataPath(...segments) {
  const path = join(root, 'data', ...segments);
  if (existsSync(path)) return path;
  process.stderr.write(
    `SKIPPED: needs real data at ${segments.join('/')} (set LLM_SHARED to the folder that holds data/)\n`,
  );
  return undefined;
}
