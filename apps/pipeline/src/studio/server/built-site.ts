/** Where the built page lies. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { LlmError } from '@llm/core';

/** Throws `pipeline/studio-not-built`. */
export function builtSite(): string {
  const site = join(dirname(createRequire(import.meta.url).resolve('@llm/studio/package.json')), 'dist');
  if (existsSync(join(site, 'index.html'))) return site;
  throw new LlmError({
    code: 'pipeline/studio-not-built',
    message: 'The page of the studio is not built. `npm run studio` builds it and starts it.',
    details: { site },
  });
}
