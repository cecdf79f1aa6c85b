/** `llm data train-quality`: what is made of data beside data. */
import type { Command } from 'commander';
import { numberBetween, wholeNumber } from '../flags.js';
import type { Output } from '../terminal/output.js';
import type { DataTrainQualityFlags } from './data-train-quality.js';
import { examples } from './examples.js';

export function defineDataTools(data: Command, output: Output): void {
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
