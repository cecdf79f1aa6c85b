import { LlmError } from '../errors.js';

const advice: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full: free some space',
  EDQUOT: 'The disk quota is used up: free some space',
  EROFS: 'The file system is read-only: write elsewhere',
};

/**
 * `core/write-failed` for what the system says of a file that cannot be written (ENOSPC, EACCES, …). `what`
 * follows the advice.
 */
export function writeFailed(path: string, cause: unknown, what = 'then run again.'): LlmError {
  const system = (cause as NodeJS.ErrnoException).code ?? 'unknown';
  return new LlmError({
    code: 'core/write-failed',
    message: `Cannot write ${path} (${system}). ${advice[system] ?? 'Check that its directory exists and may be written to'}, ${what}`,
    details: { path, system },
    cause,
  });
}
