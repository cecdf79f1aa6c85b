/** `llm data train-quality`, `stats` and `tales`: what is made of data beside data, and data of none. */
import { type Command, Option } from 'commander';
import { numberBetween, wholeNumber } from '../flags.js';
import type { Output } from '../terminal/output.js';
import type { DataStatsFlags } from './data-stats.js';
import type { DataTalesFlags } from './data-tales.js';
import type { DataTrainQualityFlags } from './data-train-quality.js';
import { examples } from './examples.js';

export function defineDataTools(data: Command, output: Output): void {
  defineStats(data, output);
  defineTales(data, output);
  data
    .command('train-quality')
    .description('Labelled texts → a classifier for --quality-model, as fastText trains and reads it.')
    .option(
      '--source <label=place...>',
      'what has a label: folders of `llm data`, files, patterns in quotes, here or on https:, s3:, hf:',
    )
    .option('--labelled <files...>', 'instead: rows with a label of their own')
    .option('--label-field <name>', 'the field or column of --labelled that holds it (default: label)')
    .option('--text-field <name>', 'the field or column that holds the text (default: text)')
    .requiredOption('--output <file>', 'where the model goes: quality.bin')
    .option('--dimension <n>', 'numbers of a vector (default: 100)', wholeNumber(1))
    .option('--ngrams <n>', 'words of the longest n-gram (default: 2)', wholeNumber(1))
    .option('--buckets <n>', 'rows that n-grams share (default: 2,000,000: a file of 800 MB)', wholeNumber(1))
    .option('--epochs <n>', 'times that each text is read (default: 5)', wholeNumber(1))
    .option('--learning-rate <x>', 'at the start (default: 0.1)', numberBetween(0, 100))
    .option('--min-count <n>', 'rarer words have no vector (default: 1)', wholeNumber(1))
    .option('--held-out <share>', 'of the texts, only to measure with (default: 0.1)', numberBetween(0, 1))
    .option('--seed <n>', 'the same seed gives the same file (default: 0)', wholeNumber(0))
    .option('--json', 'print the events as JSON lines')
    .option('--verbose', 'show where an error came from')
    .allowExcessArguments(false)
    .addHelpText(
      'after',
      examples([
        [
          'llm data train-quality --source hq=wiki.jsonl web=clean/web --buckets 200000 --output quality.bin',
          'two labels, a file of 80 MB and the words',
        ],
        [
          'llm data --warc crawl/ --quality-model quality.bin --quality-label hq --min-quality 0.5',
          'what is likely enough "hq"',
        ],
      ]),
    )
    .action(async (flags: DataTrainQualityFlags) =>
      (await import('./data-train-quality.js')).dataTrainQuality(flags, output),
    );
}

function defineStats(data: Command, output: Output): void {
  data
    .command('stats')
    .description('What the texts of a data set are like: lengths, lines, words, … as datatrove counts them.')
    .argument('<places...>', 'folders of `llm data`, files, patterns in quotes, here or on https:, s3:, hf:')
    .requiredOption('--output <dir>', 'where the figures go: GROUP/MEASURE/metric.json')
    .option('--text-field <name>', 'the field or column that holds the text (default: text)')
    .addOption(
      new Option('--blocks <names...>', 'what is measured (default: all)').choices([
        ...['doc', 'line', 'paragraph', 'word', 'sentence'],
      ]),
    )
    .addOption(
      new Option('--groups <names...>', 'what is put together (default: all)').choices([
        ...['summary', 'histogram', 'fqdn', 'suffix'],
      ]),
    )
    .option('--language <code>', 'whose rules cut words and sentences (default: en)')
    .option('--language-score <code>', 'how sure lid.176 is of this language')
    .option('--language-model <file>', 'instead of lid.176: any model of fastText')
    .option('--tokenizer <path>', 'tokens of each document, by a tokenizer.json')
    .option('--contamination <words...>', 'shares of words, each list separated by commas')
    .option('--top-keys <n>', 'hosts and suffixes that are kept (default: 100,000)', wholeNumber(1))
    .option('--rank <n>', 'only the files n, n + world, …', wholeNumber(0))
    .option('--world <n>', 'how many ranks there are; the last one merges', wholeNumber(1))
    .option('--json', 'print the events as JSON lines')
    .option('--verbose', 'show where an error came from')
    .allowExcessArguments(false)
    .addHelpText(
      'after',
      examples([
        ['llm data stats clean/web --output stats', 'of what `llm data --output clean/web` wrote'],
        ['llm data stats "s3://bucket/clean/*.parquet" --groups summary --output stats', 'over all only'],
      ]),
    )
    .action(async (places: string[], flags: DataStatsFlags) =>
      (await import('./data-stats.js')).dataStats(places, flags, output),
    );
}

function defineTales(data: Command, output: Output): void {
  data
    .command('tales')
    .description('Short stories in the words of a three-year-old, made by a program: rows with id and text.')
    .requiredOption('--output <file>', 'where they go: tales.jsonl; a file that is there is replaced')
    .option('--count <n>', 'how many', wholeNumber(1), 12_000)
    .option('--seed <n>', 'the same seed gives the same file (default: 1)', wholeNumber(0))
    .option('--verbose', 'show where an error came from')
    .allowExcessArguments(false)
    .addHelpText(
      'after',
      examples([
        ['llm data tales --count 12000 --output tales.jsonl', '12 MB, in a few seconds'],
        ['llm run --jsonl tales.jsonl stories.jsonl', 'a model that reads them beside real ones'],
      ]),
    )
    .action(async (flags: DataTalesFlags) => (await import('./data-tales.js')).dataTales(flags, output));
}
