/** Writes the three forms of the report. Cheap, so it is done after every command that changes a run. */
import { join } from 'node:path';
import { writeFileAtomic } from '@llm/core/node';
import { htmlReport } from './html-report.js';
import { markdownReport } from './markdown-report.js';
import { buildReport, type RunReport } from './run-report.js';

export async function writeReport(directory: string): Promise<RunReport> {
  const report = await buildReport(directory);
  await writeFileAtomic(join(directory, 'report.md'), markdownReport(report));
  await writeFileAtomic(join(directory, 'report.html'), htmlReport(report));
  await writeFileAtomic(join(directory, 'report.json'), `${JSON.stringify(report, null, 1)}\n`);
  return report;
}
