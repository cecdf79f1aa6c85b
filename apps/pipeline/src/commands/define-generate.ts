/** The flags and the help of `llm generate`. */
import type { Command } from 'commander';
import { wholeNumber } from '../flags.js';
import type { Output } from '../terminal/output.js';
import { examples } from './examples.js';
import type { GenerateFlags } from './generate.js';
import { modelOptions, samplingOptions } from './model-options.js';

export function defineGenerate(program: Command, output: Output): void {
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
    .action(async (flags: GenerateFlags) => (await import('./generate.js')).generate(flags, output));
}
