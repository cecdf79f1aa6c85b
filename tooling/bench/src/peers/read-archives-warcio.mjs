/** warcio.js on the files of the suite `archives`: prints records per processor second as JSON. */
import { createReadStream } from 'node:fs';
import { pathToFileURL } from 'node:url';

const { WARCParser } = await import(
  pathToFileURL(
    new URL('../../../../.peers/node/node_modules/warcio/dist/index.js', import.meta.url).pathname,
  )
);
const rates = {};
const [plain, gzip] = process.argv.slice(2);
for (const [name, path] of [
  ['plain', plain],
  ['gzip', gzip],
])
  for (const what of ['records', 'bodies']) {
    const runs = [];
    for (let run = 0; run < 5; run++) {
      const before = process.cpuUsage();
      let records = 0;
      const source = createReadStream(path, { highWaterMark: 1 << 20 });
      for await (const record of new WARCParser(source, { parseHttp: what === 'bodies' })) {
        records++;
        if (what === 'bodies') await record.readFully(true);
      }
      const { user, system } = process.cpuUsage(before);
      runs.push((records * 1e6) / (user + system));
    }
    rates[`${name} ${what}`] = runs.sort((a, b) => a - b)[2];
  }
console.log(JSON.stringify(rates));
