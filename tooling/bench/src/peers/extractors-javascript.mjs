// Texts of the JavaScript extractors, as extractors.py writes those in Python: node extractors-javascript.mjs
// '{"pages", "out", "name"}'. They need a document, which is linkedom's; seconds are of the processor, with the
// parse, as the others parse, too.
import { createReadStream, openSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const options = JSON.parse(process.argv[2]);
const modules = new URL('../../../../.peers/node/node_modules/', import.meta.url);
const require = createRequire(new URL('index.js', modules));
const { parseHTML } = await import(new URL('linkedom/esm/index.js', modules).href);

/** The text of a piece of HTML, with the ends of lines that `textContent` has none of. */
function textOf(html) {
  const apart = html.replace(
    /<\/?(?:p|div|h\d|[uod]l|li|t[rdh]|table|pre|blockquote|section|figure|d[td]|br)\b/gi,
    '\n$&',
  );
  return parseHTML(`<!doctype html><html><body>${apart}</body></html>`).document.body.textContent ?? '';
}

const extractors = {
  '@mozilla/readability': () => {
    const { Readability } = require('@mozilla/readability');
    return (html) => textOf(new Readability(parseHTML(html).document).parse()?.content ?? '');
  },
  defuddle: async () => {
    const { Defuddle } = await import(new URL('defuddle/dist/node.js', modules).href);
    return async (html) => textOf((await Defuddle(parseHTML(html).document, 'https://example.com/')).content);
  },
};
const extract = await extractors[options.name]();
const out = openSync(options.out, 'w');
let [spent, failed] = [0, 0];
// What they say of pages goes nowhere: the last line is the result.
const { log } = console;
console.log = console.warn = console.error = () => {};
for await (const line of createInterface({ input: createReadStream(options.pages) })) {
  if (line === '') continue;
  const { set, file, html } = JSON.parse(line);
  const start = process.cpuUsage();
  let text = '';
  try {
    text = await extract(html);
  } catch {
    failed++;
  }
  const { user, system } = process.cpuUsage(start);
  spent += (user + system) / 1e6;
  writeSync(out, `${JSON.stringify({ set, file, text })}\n`);
}
log(JSON.stringify({ seconds: spent, failed }));
