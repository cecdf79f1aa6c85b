/** `llm report`: the report again, from what the run directory holds. */
import { join } from 'node:path';
import { writeReport } from '../report/write-report.js';
import { existingRunDirectory } from '../run/run-directory.js';
import type { Output } from '../terminal/output.js';

export async function rebuildReport(
  flags: { readonly run?: string | undefined },
  output: Output,
): Promise<void> {
  const directory = existingRunDirectory(flags.run);
  await writeReport(directory);
  for (const name of ['report.json', 'report.md', 'report.html'])
    output.stdout.write(`${join(directory, name)}\n`);
}
