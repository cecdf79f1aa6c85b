/** `llm run` and the commands that run it up to one stage: data, tokenizer, pretrain, sft, rl. */
import { type Command, Option } from 'commander';
import { recordFlags } from '../explaining/record-flags.js';
import { numberBetween, type RunFlags, wholeNumber } from '../flags.js';
import { presetNames, repeated } from '../options.js';
import { dataFormats } from '../output/data-formats.js';
import type { Output } from '../terminal/output.js';
import type { FineTuneFlags, PractiseFlags } from '../tuning/tuning-flags.js';
import { type Examples, examples } from './examples.js';
import { fineTuneOptions, practiseOptions } from './tuning-options.js';

export function defineStages(program: Command, output: Output): void {
  for (const [name, until, description, own] of stageCommands) {
    const command = runOptions(program.command(name).description(description));
    if (name === 'sft') fineTuneOptions(command);
    if (name === 'rl') practiseOptions(command);
    command.addHelpText('after', examples(own)).action(async (flags: RunFlags) => {
      if ((name === 'sft' || name === 'rl') && (await isTuned(name, flags, output))) return;
      const { runPipeline } = await import('./run.js');
      await runPipeline({ flags, until, command: name, output });
    });
  }
}

/** Whether a model from elsewhere was named; it is trained then. */
async function isTuned(name: 'sft' | 'rl', flags: RunFlags, output: Output): Promise<boolean> {
  const { checkTuningFlags } = await import('../tuning/tuning-flags.js');
  if (!checkTuningFlags(name, flags)) return false;
  if (name === 'sft')
    await (await import('../tuning/fine-tuning.js')).fineTuneModel(flags as FineTuneFlags, output);
  else await (await import('../tuning/practice.js')).practise(flags as PractiseFlags, output);
  return true;
}

const stageCommands: readonly (readonly [string, string | undefined, string, Examples])[] = [
  [
    'run',
    undefined,
    'The whole pipeline: crawl, data, tokenizer, base model, SFT, RL with its control, report.',
    [
      ['llm run', 'the default preset on the invented web'],
      ['llm run --preset smoke --run runs/try', 'small, in a directory of your choice'],
      ['llm run --warc crawl/ --text "notes/**/*.md"', 'your own pages and texts: folders, patterns, files'],
      ['llm run --jsonl docs.jsonl.gz --text-field content', 'your own documents, a line each'],
      ['llm run --conversations chats.jsonl', 'your own conversations for SFT'],
      ['llm run --run runs/try', 'continue that run; what is done is kept'],
    ],
  ],
  [
    'data',
    'data',
    'Crawl and clean: up to the shards of kept text.',
    [
      ['llm data --size 20000', 'a larger invented web'],
      ['llm data --warc CC-MAIN-*.warc.gz --run runs/cc', 'your own crawl'],
      [
        'llm data --crawl CC-MAIN-2026-05 --fraction 0.0001 --output data/',
        'a few files of Common Crawl, to Parquet',
      ],
      ['llm data --crawl CC-MAIN-2026-05 --domain example.org', 'the pages of a domain'],
      [
        'llm data --parquet "hf://datasets/owner/name/data/*.parquet" --text-field content',
        'a data set of the hub',
      ],
      [
        'llm data --warc crawl/ --deduplicate minhash exact url sentences --decontaminate evals/*.jsonl',
        'nothing twice, and no question of an evaluation',
      ],
      ['llm data --run runs/cc --output s3://bucket/clean --format jsonl', 'what a run kept, to S3'],
      [
        'llm data --run runs/cc --output tokens/ --format tokens --tokenizer tokenizer.json',
        'to token shards',
      ],
    ],
  ],
  [
    'tokenizer',
    'tokenizer',
    'Up to the tokenizer, trained on the kept text.',
    [['llm tokenizer --vocabulary 8192', 'a larger vocabulary']],
  ],
  [
    'pretrain',
    'pretrain',
    'Up to the base model.',
    [['llm pretrain --depth 6 --steps 2000', 'a larger model, longer']],
  ],
  [
    'sft',
    'sft',
    'Up to the model fine-tuned on conversations.',
    [
      ['llm sft --conversations chats.jsonl --steps 300', 'your own conversations'],
      ['llm sft --model hf:owner/name --conversations chats.jsonl --lora 16', 'any model, by adapters'],
      [
        'llm sft --model hf:owner/small --teacher hf:owner/large --conversations chats.jsonl --lora 16',
        'from what a larger one of its family would say (GKD)',
      ],
      [
        'llm sft --model m.gguf --teacher https://host/v1 --teacher-model large --conversations chats.jsonl',
        'from the answers of any server',
      ],
      ['llm sft --model m.gguf --conversations chats.jsonl --lora 16 --dry-run', 'what it would need'],
    ],
  ],
  [
    'rl',
    'control',
    'Up to the model improved by reinforcement learning, and its random-reward control.',
    [
      ['llm rl --steps 100', 'practise longer'],
      ['llm rl --model hf:owner/name --tasks countdown --lora 16', 'any model, by adapters'],
      [
        'llm rl --model runs/latest#sft --tasks arithmetic --method ppo --samples 4',
        "a run's fine-tuned model, with a critic",
      ],
      [
        'llm rl --model folder --tasks questions.jsonl --method rejection',
        'imitate the best of its own answers',
      ],
      [
        'llm rl --model folder --tasks sorting --reward-model DIR/model --method online-dpo --lora 16',
        'two answers at a time, compared',
      ],
    ],
  ],
];

function runOptions(command: Command): Command {
  command
    .option(
      '--run <dir>',
      command.name() === 'run'
        ? 'the run directory (default: a new runs/<time>)'
        : 'the run directory (default: runs/latest, or a new one)',
    )
    .addOption(new Option('--preset <name>', 'sizes of everything').choices(presetNames))
    .option('--seed <n>', 'what every random choice derives from', wholeNumber(0))
    .option('--threads <n>', 'threads for training', wholeNumber(1, 256))
    .option('--size <pages>', 'pages of the invented web', wholeNumber(1, 1_000_000))
    .option(
      '--warc <paths...>',
      'your own crawl instead: WARC files, folders of them, or patterns in quotes; also https:, s3: and hf: addresses',
    )
    .option('--text <paths...>', 'your own texts instead: a document a file')
    .option('--jsonl <paths...>', 'your own documents instead: {"text": …} a line')
    .option('--csv <paths...>', 'your own documents instead: a row each, the first line names the columns')
    .option('--parquet <paths...>', 'your own documents instead: a row each')
    .option(
      '--text-field <name>',
      'the field of --jsonl, --csv or --parquet that holds the text (default: text)',
    )
    .option('--crawl <name>', 'a crawl of Common Crawl instead: CC-MAIN-2026-05')
    .addOption(
      new Option('--crawl-files <kind>', 'of --crawl: pages as they came, or their text').choices([
        'warc',
        'wet',
      ]),
    )
    .option(
      '--fraction <share>',
      'of --crawl: so much of its files, from a start that --seed draws',
      numberBetween(0, 1),
    )
    .option('--domain <name>', 'of --crawl: only the pages of a domain')
    .option('--urls <file>', 'of --crawl: only these pages, an address a line')
    .addOption(
      new Option(
        '--index <which>',
        'where --domain and --urls are looked up: the server, for a few, or the table',
      ).choices(['server', 'table']),
    )
    .option('--crawl-data <url>', 'where crawls lie (default: https://data.commoncrawl.org)')
    .option('--crawl-index <url>', 'the index server (default: https://index.commoncrawl.org)')
    .option(
      '--conversations <paths...>',
      'your own conversations for SFT: {"messages": [{"role", "content"}]} a line',
    )
    .option('--vocabulary <n>', 'size of the vocabulary', wholeNumber(300, 1_000_000))
    .option('--depth <n>', 'layers of the model; its width follows', wholeNumber(1, 100))
    .option('--digits <n>', 'most digits of the numbers in the sums that RL practises', wholeNumber(1, 6))
    .option('--context <tokens>', 'longest sequence of the model', wholeNumber(64, 65_536))
    .option(
      '--input-noise <share>',
      'of what the base model reads, so much is replaced by other tokens: 0.1 for a text that is read many times',
      numberBetween(0, 1),
    );
  if (command.name() === 'data' || command.name() === 'run') cleaningOptions(command);
  if (command.name() === 'data') {
    filterOptions(command);
    outputOptions(command);
  }
  // The page starts whole runs, and asks them for what it shows of the data.
  if (command.name() === 'data' || command.name() === 'run') recordFlags(command);
  for (const stage of ['pretrain', 'sft', 'rl']) {
    const long = `--${stage}-steps <n>`;
    command.option(long, `training steps of ${stage}`, wholeNumber(1));
    if (command.name() === stage) command.option('--steps <n>', `the same as ${long}`, wholeNumber(1));
  }
  return command
    .option('--json', 'print the events of the run as JSON lines')
    .option('--verbose', 'show where an error came from')
    .allowExcessArguments(false);
}

/** Documents that any of them is given for are filtered whatever they come from. */
function filterOptions(command: Command): void {
  command
    .addOption(
      new Option('--rules <preset>', 'whose filters of quality (default: datatrove-0.10, English)').choices([
        'datatrove-0.10',
        'fineweb-v1',
        'fineweb-2',
        'none',
      ]),
    )
    .option('--punkt <folder>', "of --rules fineweb-v1: NLTK's punkt_tab/english, for words as the release's")
    .option('--languages <list>', 'languages that stay: en,de or, of GlotLID, deu_Latn')
    .option('--language-model <file>', 'a fastText model (.bin, .ftz) instead of lid.176')
    .option(
      '--licences <list>',
      'only documents that state one of these, by known names or addresses: CC-BY,CC0-1.0',
    )
    .addOption(
      new Option('--unknown-licence <what>', 'of --licences: what states none (default: drop)').choices([
        'keep',
        'drop',
      ]),
    )
    .option('--quality-model <path>', 'a folder with model.onnx and tokenizer.json, or a fastText model')
    .option('--quality-label <name>', 'of a fastText model: the label whose probability counts')
    .option(
      '--min-quality <score>',
      'least score (default, of a folder: 3, as FineWeb-Edu)',
      numberBetween(-1e6, 1e6),
    )
    .option(
      '--sample <share>',
      'only such a share of the documents, drawn by their ids',
      numberBetween(0, 1),
    );
}

function cleaningOptions(command: Command): void {
  command
    .addOption(
      new Option(
        '--deduplicate <kinds...>',
        'what goes when it came before: documents alike (minhash), the same text (exact) or address (url), sentences, substrings of 100 bytes; or none (default: minhash exact)',
      ).choices([...repeated, 'none']),
    )
    .option(
      '--decontaminate <paths...>',
      'leave out documents that hold rows of these evaluations: JSON lines with question and answer, or choices',
    )
    .option(
      '--ngram <words>',
      'of --decontaminate: words in a row that tell (default: 12)',
      wholeNumber(1, 1000),
    )
    .option('--ngram-questions', 'of --decontaminate: also words of a question alone')
    .option('--keep-index', 'keep what later runs need to leave out what this one has: documents, sentences')
    .option(
      '--earlier <runs...>',
      'leave out what these runs have, too: run directories, folders or s3: and hf: addresses, each written with --keep-index',
    );
}

export function outputOptions(command: Command): Command {
  return command
    .option(
      '--output <place>',
      'write what is kept there, with a data card: a folder, s3://bucket/folder or hf://datasets/owner/name',
    )
    .addOption(
      new Option(
        '--format <name>',
        'of --output: files, or token ids for training (default: parquet)',
      ).choices(Object.keys(dataFormats)),
    )
    .addOption(
      new Option(
        '--compression <name>',
        'of --output: of parquet snappy, gzip, zstd or none; of text gzip, zstd or none',
      ).choices(['snappy', 'gzip', 'zstd', 'none']),
    )
    .option('--licence <id>', 'of --output: the licence of the whole, as the hub names it, for the card')
    .option('--tokenizer <path>', 'of --format tokens and megatron: a tokenizer.json, its folder, or a run');
}
