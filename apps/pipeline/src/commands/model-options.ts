/** The flags of every command that talks to a model. */
import { type Command, Option } from 'commander';
import { numberBetween, wholeNumber } from '../flags.js';

const modelHelp =
  'a model of the run (pretrain, sft, rl, control), a folder, a .gguf file or its address, hf:owner/name, runs/x#sft (default: the last model of the newest run)';

export function modelOptions(command: Command): Command {
  return weightOptions(
    command
      .option('--run <dir>', 'the run directory whose model is meant (default: runs/latest)')
      .option('--model <source>', modelHelp),
  );
}

/** How a model that was named is loaded. */
export function weightOptions(command: Command): Command {
  return command
    .option('--adapter <dir>', 'a LoRA adapter (PEFT layout) put over the model')
    .addOption(
      new Option(
        '--dtype <type>',
        'how weights are held in memory (default: as stored, with an adapter float32)',
      ).choices(['as stored', 'float32', 'q8', 'q4']),
    )
    .option('--threads <n>', 'threads', wholeNumber(1, 256))
    .option('--verbose', 'show where an error came from')
    .allowExcessArguments(false);
}

export function samplingOptions(command: Command): Command {
  return command
    .option('--seed <n>', 'seed of the sampling', wholeNumber(0), 0)
    .option(
      '--temperature <t>',
      "0 is greedy; higher is more varied (default: the model's own)",
      numberBetween(0, 10),
    )
    .option('--top-k <k>', 'sample from the k likeliest tokens', wholeNumber(1))
    .option(
      '--top-p <p>',
      'sample from the likeliest tokens that reach this probability',
      numberBetween(0.0001, 1),
    )
    .option('--max-tokens <n>', 'longest answer in tokens', wholeNumber(1, 65_536))
    .option('--no-tools', 'keep the calculator from models that were taught to use it');
}

/** Of measurements against a run's own material. */
export function runModelOptions(command: Command): Command {
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
