/** `llm data stats`: what the texts of a data set are like, in datatrove's figures. */
import { type Document, LlmError } from '@llm/core';
import { collectStatistics, loadFastTextScorer, loadLanguageIdentifier, readDocuments } from '@llm/data/node';
import { namedSources } from '../inputs/named-sources.js';
import { formatCount } from '../terminal/format.js';
import { listenForInterruption } from '../terminal/interruption.js';
import type { Output } from '../terminal/output.js';
import { jsonLine, shownLine } from '../terminal/shown-text.js';

type Options = Parameters<typeof collectStatistics>[0];
type Summary = NonNullable<Awaited<ReturnType<typeof collectStatistics>>['summary']>;

export interface DataStatsFlags {
  readonly output: string;
  readonly textField?: string | undefined;
  readonly blocks?: Options['blocks'];
  readonly groups?: Options['groups'];
  readonly language?: string | undefined;
  readonly languageScore?: string | undefined;
  readonly languageModel?: string | undefined;
  readonly tokenizer?: string | undefined;
  readonly contamination?: readonly string[] | undefined;
  readonly topKeys?: number | undefined;
  readonly rank?: number | undefined;
  readonly world?: number | undefined;
  readonly json?: boolean | undefined;
}

export async function dataStats(
  places: readonly string[],
  flags: DataStatsFlags,
  { stdout, stderr }: Output,
): Promise<void> {
  const { rank = 0, world = 1 } = flags;
  const inputs = (
    await namedSources(
      places.map((place) => `data=${place}`),
      flags.textField,
    )
  ).flatMap((source) => source.inputs);
  const own = inputs.filter((_, at) => at % world === rank);
  const skipped: Record<string, number> = {};
  const onSkip = (reason: string): void => {
    skipped[reason] = (skipped[reason] ?? 0) + 1;
  };
  const interruption = listenForInterruption(() => stderr.write('stopping …\n'));
  let last = Date.now();
  try {
    const { documents, summary } = await collectStatistics({
      ...{ documents: withUrls(readDocuments(own, { onSkip })), output: flags.output, rank, world },
      ...{ blocks: flags.blocks, groups: flags.groups, language: flags.language, topKeys: flags.topKeys },
      contamination: flags.contamination?.map((words) => words.split(',').filter((word) => word !== '')),
      languageScore: await languageScore(flags),
      countTokens: await tokenCounter(flags.tokenizer),
      signal: interruption.signal,
      onEvent: (event) => {
        if (flags.json === true) stdout.write(jsonLine(event));
        else if (event.type === 'progress' && event.time - last >= 5000) {
          last = event.time;
          stderr.write(`${formatCount(event.done)} documents\n`);
        }
      },
    });
    const left = Object.entries(skipped).map(([reason, count]) => `${formatCount(count)} ${reason}`);
    if (left.length > 0) stderr.write(`${shownLine(`not documents: ${left.join(', ')}`)}\n`);
    if (flags.json === true) return;
    if (summary === undefined)
      stdout.write(`${formatCount(documents)} documents; other ranks are at work: the last one merges.\n`);
    else stdout.write(`${[...table(summary), `all figures: ${flags.output}`].map(shownLine).join('\n')}\n`);
  } finally {
    interruption.dispose();
  }
}

/** Documents have their address in their metadata, rows under several names. */
async function* withUrls(documents: AsyncIterable<Document>): AsyncGenerator<Document> {
  for await (const document of documents) {
    const { url = document.metadata.source ?? '' } = document.metadata;
    yield { ...document, metadata: { ...document.metadata, url } };
  }
}

async function languageScore({
  languageScore: language,
  languageModel,
}: DataStatsFlags): Promise<Options['languageScore']> {
  if (language === undefined) {
    if (languageModel === undefined) return undefined;
    throw unfit('--language-model is for --language-score, and there is none. Give both.');
  }
  if (languageModel !== undefined) {
    const { score } = await loadFastTextScorer({ path: languageModel, label: language });
    return { language, score: (text) => score(text) as number };
  }
  const { languages = [], scoreOf } = await loadLanguageIdentifier();
  if (!languages.includes(language))
    throw unfit(
      `--language-score ${language}: lid.176 knows no such language. It writes them as en, de, zh.`,
    );
  return { language, score: (text) => scoreOf!(text.replaceAll('\n', ' '), language) };
}

async function tokenCounter(path: string | undefined): Promise<Options['countTokens']> {
  if (path === undefined) return undefined;
  const tokenizer = (await import('../output/token-output.js')).readTokenizer(path);
  return (text) => tokenizer.encode(text).length;
}

function table(summary: Summary): string[] {
  const number = (value: number): string =>
    Math.abs(value) >= 1000 ? formatCount(Math.round(value)) : value.toPrecision(4);
  const rows = Object.entries(summary).map(([measure, { mean, std_dev, min, max }]) => [
    measure,
    ...[mean, std_dev, min, max].map(number),
  ]);
  const documents = Object.values(summary)[0]?.n ?? 0;
  const head = [`${formatCount(documents)} documents`, 'mean', 'deviation', 'least', 'most'];
  return [head, ...rows].map(([name = '', ...values]) =>
    [name.padEnd(40), ...values.map((value) => value.padStart(12))].join(''),
  );
}

const unfit = (message: string): LlmError => new LlmError({ code: 'pipeline/flag-without-input', message });
