/** The flags and the help of `llm eval`. */
import type { Command } from 'commander';
import { wholeNumber } from '../flags.js';
import type { Output } from '../terminal/output.js';
import type { EvalFlags } from './evaluate.js';
import { examples } from './examples.js';
import { modelOptions } from './model-options.js';

export function defineEval(program: Command, output: Output): void {
  modelOptions(
    program
      .command('eval')
      .description('Measure a model: bits per byte on held-out text, accuracy on held-out tasks, format.'),
  )
    .option(
      '--tasks <what...>',
      'how many held-out tasks of the run to try; or mmlu, arc, hellaswag, lambada, blimp, gsm8k, files of {"prompt", "answer"} lines',
    )
    .option('--data <path>', 'the folder with the rows of named tasks, NAME.jsonl; or the file of one task')
    .option('--limit <n>', 'rows of each task', wholeNumber(1))
    .option(
      '--shots <n>',
      "solved examples before each question (default: the task's own)",
      wholeNumber(0, 100),
    )
    .option('--text <paths...>', 'texts to measure bits per byte on')
    .option('--seed <n>', 'seed of the sampling', wholeNumber(0), 0)
    .option('--json', 'print the figures as one JSON line')
    .addHelpText(
      'after',
      examples([
        ['llm eval', 'the newest model of the newest run'],
        ['llm eval --model sft --tasks 500', 'the model before reinforcement learning'],
        ['llm eval --model hf:owner/name --tasks arc hellaswag --data rows/ --limit 200', 'any model'],
        ['llm eval --model m.gguf --tasks mine.jsonl --text book.txt', 'questions and text of your own'],
      ]),
    )
    .action(async (flags: EvalFlags) => (await import('./evaluate.js')).evaluate(flags, output));
}
