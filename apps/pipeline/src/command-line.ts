/**
 * The `llm` command line: flags, help with examples, exit codes. What the commands do is in `commands/`,
 * loaded when one runs, so that help and mistakes answer at once.
 */
import { LlmError } from '@llm/core';
import { Command, CommanderError, Option } from 'commander';
import type { ChatFlags } from './commands/chat.js';
import type { EvaluateFlags } from './commands/evaluate.js';
import type { GenerateFlags } from './commands/generate.js';
import { numberBetween, type RunFlags, wholeNumber } from './flags.js';
import { describeSystemError } from './system-error.js';
import { Interrupted } from './terminal/interruption.js';
import type { Output } from './terminal/output.js';
import { shownLine, shownOutput } from './terminal/shown-text.js';
import { typed } from './terminal/typed-command.js';

/**
 * Parses and runs one command. Returns the exit code: 0, 1 for a mistake or a failure, 2 for a wrong flag,
 * 130 for Ctrl-C.
 */
export async function runCommandLine(parameters: readonly string[], given: Output): Promise<number> {
  const output = shownOutput(given);
  const verbose = parameters.includes('--verbose');
  try {
    await buildProgram(output).parseAsync([...parameters], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof Interrupted) return error.exitCode;
    output.stderr.write(`${describeError(error, verbose)}\n`);
    return 1;
  }
}

export function describeError(error: unknown, verbose: boolean): string {
  const stack = verbose && error instanceof Error ? `\n${error.stack}` : '';
  if (LlmError.isInstance(error)) return `${shownLine(`error: ${error.message} [${error.code}]`)}${stack}`;
  const system = describeSystemError(error);
  if (system !== undefined) return `${shownLine(`error: ${system}`)}${stack}`;
  const message = error instanceof Error ? error.message : String(error);
  return `${shownLine(`error: something went wrong inside: ${message}`)}${verbose ? stack : ' (--verbose shows where)'}`;
}

function buildProgram(output: Output): Command {
  const program = new Command(typed('').trim())
    .description('From a crawl of the web to an assistant you can talk to, in one run directory.')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void output.stdout.write(text),
      writeErr: (text) => void output.stderr.write(text),
      outputError: (text, write) => write(`${text.trim().replaceAll(/\s*\n\s*/g, ' ')}\n`),
    });
  program.addHelpText(
    'after',
    examples([
      ['llm run', 'everything, in a new directory runs/<time>'],
      ['llm run --preset smoke', 'the same, small: about a minute'],
      ['llm run --run runs/latest', 'go on where a run stopped'],
      ['llm chat', 'talk to the newest run'],
    ]),
  );

  for (const [name, until, description, own] of stageCommands) {
    const command = runOptions(program.command(name).description(description));
    command.addHelpText('after', examples(own)).action(async (flags: RunFlags) => {
      const { runPipeline } = await import('./commands/run.js');
      await runPipeline({ flags, until, command: name, output });
    });
  }

  modelOptions(
    program
      .command('eval')
      .description('Measure a model: bits per byte on held-out text, accuracy on held-out tasks, format.'),
  )
    .option('--tasks <n>', 'held-out tasks to try', wholeNumber(1, 100_000))
    .option('--json', 'print the figures as one JSON line')
    .addHelpText(
      'after',
      examples([
        ['llm eval', 'the newest model of the newest run'],
        ['llm eval --model sft --tasks 500', 'the model before reinforcement learning'],
      ]),
    )
    .action(async (flags: EvaluateFlags) => (await import('./commands/evaluate.js')).evaluate(flags, output));

  samplingOptions(
    modelOptions(program.command('generate').description('Continue a text, or answer it as the assistant.')),
  )
    .requiredOption('--prompt <text>', 'the text to continue')
    .option('--answer', 'put the prompt as a user message instead of continuing it')
    .option('--samples <n>', 'how many continuations', wholeNumber(1, 1000), 1)
    .addHelpText(
      'after',
      examples([
        ['llm generate --model pretrain --prompt "Once upon a time"', 'the base model rambles'],
        ['llm generate --answer --prompt "What is 12 + 30?" --temperature 0', 'the assistant answers'],
      ]),
    )
    .action(async (flags: GenerateFlags) => (await import('./commands/generate.js')).generate(flags, output));

  samplingOptions(
    modelOptions(
      program.command('chat').description('Talk to the model; it may use its calculator while it answers.'),
    ),
  )
    .option('-p, --prompt <text>', 'one question, one answer, then exit')
    .option('--system <text>', 'a system message to start with')
    .addHelpText(
      'after',
      examples([
        ['llm chat', 'ask, /help shows the commands'],
        ['llm chat -p "What is 12 + 30?"', 'one answer'],
        ['echo "Who are you?" | llm chat --model sft', 'questions from a pipe, one a line'],
      ]),
    )
    .action(async (flags: ChatFlags) => (await import('./commands/chat.js')).chat(flags, output));

  program
    .command('report')
    .description('Write report.json, report.md and report.html again from what the run directory holds.')
    .option('--run <dir>', 'the run directory (default: runs/latest)')
    .option('--verbose', 'show where an error came from')
    .addHelpText('after', examples([['llm report --run runs/latest', 'also for a run that is not finished']]))
    .action(async (flags: { run?: string | undefined }) => {
      const { rebuildReport } = await import('./commands/report.js');
      await rebuildReport(flags, output);
    });
  return program;
}

type Examples = readonly (readonly [string, string])[];

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

function modelOptions(command: Command): Command {
  return command
    .option('--run <dir>', 'the run directory (default: runs/latest)')
    .addOption(
      new Option('--model <name>', 'which model of the run (default: the last one trained)').choices([
        'pretrain',
        'sft',
        'rl',
        'control',
      ]),
    )
    .option('--threads <n>', 'threads', wholeNumber(1, 256))
    .option('--seed <n>', 'seed of the sampling', wholeNumber(0), 0)
    .option('--verbose', 'show where an error came from')
    .allowExcessArguments(false);
}

function samplingOptions(command: Command): Command {
  return command
    .option('--temperature <t>', '0 is greedy; higher is more varied', numberBetween(0, 10))
    .option('--top-k <k>', 'sample from the k likeliest tokens', wholeNumber(1))
    .option(
      '--top-p <p>',
      'sample from the likeliest tokens that reach this probability',
      numberBetween(0.0001, 1),
    )
    .option('--max-tokens <n>', 'longest answer in tokens', wholeNumber(1, 65_536));
}

function examples(lines: Examples): string {
  const asTyped = lines.map(
    ([command, what]) => [command.replace(/(?<=^|\| )llm /, typed('')), what] as const,
  );
  const width = Math.max(...asTyped.map(([command]) => command.length));
  return `\nExamples:\n${asTyped.map(([command, what]) => `  ${command.padEnd(width)}  ${what}`).join('\n')}`;
}
