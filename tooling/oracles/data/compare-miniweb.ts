/**
 * The invented web beside datatrove: the text that we extract of every page, judged by both.
 *
 *     node --import tsx --conditions=@llm/source tooling/oracles/data/compare-miniweb.ts CRAWL TEXTS.jsonl
 *     python tooling/oracles/data/miniweb.py TEXTS.jsonl DECISIONS.jsonl LID.176.FTZ
 *     node --import tsx --conditions=@llm/source tooling/oracles/data/compare-miniweb.ts CRAWL TEXTS.jsonl DECISIONS.jsonl
 *
 * CRAWL is the folder that a run of the app writes (`llm data --size 10000`: `RUN/crawl`). The first call
 * writes the texts; the last one prints by kind of page how many have the same fate (kept, or dropped by the
 * same step for the same reason) and, where both keep it, the same final text. The URL filter is left out:
 * its lists are the invented web's own.
 */
import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { fineWebSteps, Page, removePii } from '@llm/data';
import { loadLanguageIdentifier } from '@llm/data/node';
import { readWarcPages } from '../../../packages/data/src/node/inputs/read-warc-pages.js';

interface Text {
  readonly kind: string;
  readonly url: string;
  readonly text: string;
}
interface Decision {
  readonly fate: string;
  readonly digest: string;
}

const [crawl = '', texts = '', decisions] = process.argv.slice(2);
const steps = fineWebSteps({
  preset: 'datatrove-0.10',
  url: false,
  language: { identifier: await loadLanguageIdentifier() },
});
if (decisions === undefined) await writeTexts();
else await compare(decisions);

async function writeTexts(): Promise<void> {
  const extraction = steps.find(({ name }) => name === 'extraction')!;
  const kinds = await kindsByUrl();
  const out = await open(texts, 'w');
  let written = 0;
  for (const name of readdirSync(crawl).filter((file) => file.endsWith('.warc.gz')))
    for await (const item of readWarcPages(join(crawl, name), {}, () => undefined)) {
      if (item.kind !== 'keep') continue;
      const verdict = await extraction.run(item.page);
      if (verdict.kind === 'drop') continue;
      const { url } = item.page;
      await out.write(`${JSON.stringify({ kind: kinds.get(url) ?? '', url, text: verdict.text })}\n`);
      written++;
    }
  await out.close();
  process.stdout.write(`${written} texts\n`);
}

async function kindsByUrl(): Promise<Map<string, string>> {
  const input = createReadStream(join(crawl, 'truth.jsonl.gz')).pipe(createGunzip());
  const kinds = new Map<string, string>();
  for await (const line of createInterface({ input })) {
    const { url, kind } = JSON.parse(line) as { url: string; kind: string };
    kinds.set(url, kind);
  }
  return kinds;
}

async function compare(path: string): Promise<void> {
  const lines = (file: string): string[] => readFileSync(file, 'utf8').trim().split('\n');
  const theirs = lines(path).map((line) => JSON.parse(line) as Decision);
  const filters = steps.filter(({ name }) => name !== 'extraction');
  const kinds = new Map<string, { pages: number; kept: number; same: number }>();
  const classes = new Map<string, number>();
  for (const [at, line] of lines(texts).entries()) {
    const { kind, text } = JSON.parse(line) as Text;
    const page = new Page({ content: text });
    let fate = 'keep';
    for (const step of filters) {
      const verdict = await step.run(page);
      page.add(verdict);
      if (verdict.kind !== 'drop') continue;
      fate = `${step.name}/${verdict.reason}`;
      break;
    }
    const final = removePii(page.text, { patterns: 'datatrove' }).text;
    const digest = fate === 'keep' ? createHash('sha1').update(final).digest('hex').slice(0, 16) : '';
    const expected = theirs[at]!;
    const row = kinds.get(kind) ?? { pages: 0, kept: 0, same: 0 };
    kinds.set(kind, row);
    row.pages++;
    if (fate === 'keep') row.kept++;
    if (fate === expected.fate && digest === expected.digest) row.same++;
    else {
      const difference = `${kind}: datatrove ${expected.fate}, ours ${fate}`;
      classes.set(difference, (classes.get(difference) ?? 0) + 1);
    }
  }
  const all = { pages: 0, kept: 0, same: 0 };
  for (const [kind, row] of [...kinds].sort()) {
    for (const name of ['pages', 'kept', 'same'] as const) all[name] += row[name];
    process.stdout.write(`${kind}: ${row.same} of ${row.pages} the same, ${row.kept} kept\n`);
  }
  process.stdout.write(`all: ${all.same} of ${all.pages} the same, ${all.kept} kept\n`);
  for (const [difference, count] of classes) process.stdout.write(`${count}  ${difference}\n`);
}
