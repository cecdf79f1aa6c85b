/** Runs a Python peer from the ignored `.peers` environment; undefined when it is not installed or fails. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The interpreter of the ignored environment; BENCH_PYTHON names another. */
export const python =
  process.env.BENCH_PYTHON ?? fileURLToPath(new URL('../../../../.peers/bin/python', import.meta.url));

/** How to install what is missing. */
export const installPeers = 'npm run bench:peers';

export function runPythonPeer<Result>(script: string, options: object): Result | undefined {
  if (!existsSync(python)) return undefined;
  try {
    const path = fileURLToPath(new URL(`./${script}`, import.meta.url));
    const output = execFileSync(python, [path, JSON.stringify(options)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return JSON.parse(output.trim().split('\n').at(-1)!) as Result;
  } catch {
    return undefined;
  }
}
