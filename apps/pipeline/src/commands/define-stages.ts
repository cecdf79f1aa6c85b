/** `llm run` and the commands that run it up to one stage: data, tokenizer, pretrain, sft, rl. */
import { type Command, Option } from 'commander';
import { type RunFlags, wholeNumber } from '../flags.js';
import type { Output } from '../terminal/output.js';
import { type Examples, examples } from './examples.js';

export function defineStages(program: Command, output: Output): void {
  for (const [name, until, description, own] of stageCommands) {
    const command = runOptions(program.command(name).description(description));
    command.addHelpText('after', examples(own)).action(async (flags: RunFlags) => {
      const { runPipeline } = await import('./run.js');
      await runPipeline({ flags, until, command: name, output });
    });
  }
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
    [['llm sft --conversations chats.jsonl --steps 300', 'your own conversations']],
  ],
  [
    'rl',
    'control',
    'Up to the model improved by reinforcement learning, and its random-reward control.',
    [['llm rl --steps 100', 'practise longer']],
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
    .addOption(new Option('--preset <name>', 'sizes of everything').choices(['smoke', 'default']))
    .option('--seed <n>', 'what every random choice derives from', wholeNumber(0))
    .option('--threads <n>', 'threads for training', wholeNumber(1, 256))
    .option('--size <pages>', 'pages of the invented web', wholeNumber(1, 1_000_000))
    .option('--warc <paths...>', 'your own crawl instead: WARC files, folders of them, or patterns in quotes')
    .option('--text <paths...>', 'your own texts instead: a document a file')
    .option('--jsonl <paths...>', 'your own documents instead: {"text": …} a line')
    .option('--text-field <name>', 'the field of --jsonl that holds the text (default: text)')
    .option(
      '--conversations <paths...>',
      'your own conversations for SFT: {"messages": [{"role", "content"}]} a line',
    )
    .option('--vocabulary <n>', 'size of the vocabulary', wholeNumber(300, 1_000_000))
    .option('--depth <n>', 'layers of the model; its width follows', wholeNumber(1, 100))
    .option('--digits <n>', 'most digits of the numbers in the sums that RL practises', wholeNumber(1, 6))
    .option('--context <tokens>', 'longest sequence of the model', wholeNumber(64, 65_536));
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
