/**
 * `npm run bench -- SUITE… [--json FILE]`: measures this project and its peers in one run and prints a table.
 * A suite NAME is the file `suites/NAME.ts`, which exports `NAMESuite()` (`real-model`: `realModelSuite()`);
 * without a name all of them run.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { BenchRow } from './row.js';

const available = readdirSync(new URL('./suites/', import.meta.url))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replace('.ts', ''));
const { values, positionals } = parseArgs({ options: { json: { type: 'string' } }, allowPositionals: true });
const unknown = positionals.filter((name) => !available.includes(name));
if (unknown.length > 0) {
  console.error(`Unknown suite ${unknown.join(', ')}. Suites: ${available.join(', ')}.`);
  process.exit(2);
}

const rows: BenchRow[] = [];
console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`);
for (const name of positionals.length > 0 ? positionals : available) {
  const suite = (await import(`./suites/${name}.ts`)) as Record<string, () => Promise<BenchRow[]>>;
  const exported = `${name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())}Suite`;
  for (const row of await suite[exported]!()) {
    rows.push(row);
    const peer =
      row.peer === null
        ? `${row.peerName}: ${row.note ?? 'not installed'}`
        : `${row.peerName} ${format(row.peer)}`;
    const ratio =
      row.ratio === null
        ? ''
        : `  ratio ${row.ratio.toFixed(2)} (${row.higherIsBetter ? 'higher' : 'lower'} is better)`;
    console.log(`${row.suite}  ${row.case}  ${row.metric}: ${format(row.ours)} ${row.unit}; ${peer}${ratio}`);
  }
  // After every suite, so that one that fails does not take the others' rows with it.
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
}

function format(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
