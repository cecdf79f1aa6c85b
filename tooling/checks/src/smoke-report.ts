/** Checks the shape and the sanity of the report.json that a finished pipeline run wrote. */
import { readFileSync } from 'node:fs';

const path = process.argv[2];
if (path === undefined) throw new Error('usage: smoke-report REPORT.json');
const report = JSON.parse(readFileSync(path, 'utf8')) as { stages: Record<string, Record<string, unknown>> };

const numbers: Record<string, readonly string[]> = {
  data: ['pages', 'kept'],
  tokenizer: ['vocabularySize', 'bytesPerToken'],
  pretrain: ['bitsPerByteBefore', 'bitsPerByteAfter', 'tokensPerSecond'],
  sft: ['formatValidBefore', 'formatValidAfter', 'rightSumsBefore', 'rightSumsAfter', 'sums'],
  rl: ['accuracyBefore', 'accuracyAfter', 'n', 'controlBefore', 'controlAfter'],
};
const problems: string[] = [];
for (const [stage, fields] of Object.entries(numbers)) {
  for (const field of [...fields, 'wallSeconds', 'cpuSeconds', 'peakMemoryBytes']) {
    const value = report.stages[stage]?.[field];
    if (typeof value !== 'number' || !Number.isFinite(value))
      problems.push(`stages.${stage}.${field} is ${String(value)}`);
  }
}
const figure = (stage: string, field: string): number => Number(report.stages[stage]?.[field]);
const dropped = Object.values((report.stages.data?.dropped ?? {}) as Record<string, number>).reduce(
  (sum, count) => sum + count,
  0,
);
const [pages, kept] = [figure('data', 'pages'), figure('data', 'kept')];
if (pages !== kept + dropped) problems.push(`pages ${pages} is not kept ${kept} + dropped ${dropped}`);
if (!(figure('pretrain', 'bitsPerByteAfter') < figure('pretrain', 'bitsPerByteBefore')))
  problems.push('pretraining did not lower bits per byte');
if (!(figure('sft', 'formatValidAfter') >= figure('sft', 'formatValidBefore')))
  problems.push('fine-tuning did not raise the format-valid rate');
if (!Array.isArray(report.stages.rl?.interval)) problems.push('stages.rl.interval is missing');
console.log(JSON.stringify(report.stages, null, 2));
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
