/** `llm data inspect`: samples of what a run kept and dropped, as a page to read. */
import { join } from 'node:path';
import { writeFileAtomic } from '@llm/core/node';
import { openDataRun } from '../explaining/data-run.js';
import { inspectRun } from '../explaining/inspect-run.js';
import { inspectionPage } from '../explaining/inspection-page.js';
import type { Output } from '../terminal/output.js';

export interface DataInspectFlags {
  readonly output?: string | undefined;
  readonly samples: number;
  readonly seed: number;
}

export async function dataInspect(directory: string, flags: DataInspectFlags, output: Output): Promise<void> {
  const run = openDataRun(directory);
  const path = flags.output ?? join(run.directory, 'inspect.html');
  const found = await inspectRun(run, flags.samples, flags.seed);
  await writeFileAtomic(path, inspectionPage(found));
  if (!found.hasTexts)
    output.stderr.write(
      'note: the run left no texts of dropped pages; run it with --dropped-text 2000 to read them\n',
    );
  output.stdout.write(`${path}\n`);
}
