/** Our reader on the files of the suite `archives`: prints records per processor second as JSON. */
import { readArchive } from '@llm/data/node';
import { parseHttpResponse } from '../../../../packages/data/src/archive/http-message.js';

const [plain = '', gzip = ''] = process.argv.slice(2);
const rates: Record<string, number> = {};
for (const [name, path] of [
  ['plain', plain],
  ['gzip', gzip],
] as const)
  for (const what of ['records', 'bodies']) {
    const runs: number[] = [];
    for (let run = 0; run < 5; run++) {
      const before = process.cpuUsage();
      let [records, bytes] = [0, 0];
      for await (const item of readArchive(path, { reuseBlocks: true })) {
        if (item.kind !== 'record') throw new Error(item.damage.message);
        records++;
        if (what === 'bodies') bytes += parseHttpResponse(item.record.block)?.body.length ?? 0;
      }
      if (what === 'bodies' && bytes === 0) throw new Error('no bodies');
      const { user, system } = process.cpuUsage(before);
      runs.push((records * 1e6) / (user + system));
    }
    rates[`${name} ${what}`] = runs.sort((a, b) => a - b)[2]!;
  }
console.log(JSON.stringify(rates));
