/** The flags and the help of `llm eval`. */
import type { Command } from 'commander';
import { wholeNumber } from '../flags.js';
import type { Output } from '../terminal/output.js';
import type { EvaluateFlags } from './evaluate.js';
import { examples } from './examples.js';
import { runModelOptions } from './model-options.js';

export function defineEval(program: Command, output: Output): void {
  runModelOptions(
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
    .action(async (flags: EvaluateFlags) => (await import('./evaluate.js')).evaluate(flags, output));
}
