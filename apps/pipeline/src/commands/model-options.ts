/** The flags of every command that talks to a model. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { numberBetween, wholeNumber } from '../flags.js';

export function modelOptions(command: Command): Command {
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

export function samplingOptions(command: Command): Command {
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
