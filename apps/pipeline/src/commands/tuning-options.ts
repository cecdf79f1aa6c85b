/** The flags that `llm sft` and `llm rl` take beside those of a run: for `--model SOURCE`. */
import { type Command, Option } from 'commander';
import { numberBetween, wholeNumber } from '../flags.js';
import { preferMethods } from '../tuning/prefer-methods.js';

export function fineTuneOptions(command: Command): Command {
  return tuningOptions(command)
    .option('--epochs <n>', 'passes over the conversations (default: 1)', numberBetween(0.01, 1000))
    .option('--columns <n>', 'tokens of a row (default: 512, or the window)', wholeNumber(8, 1_000_000))
    .addOption(
      new Option(
        '--loss <name>',
        'dft: what the model finds very unlikely pulls little (default: nll)',
      ).choices(['nll', 'dft']),
    )
    .addOption(
      new Option('--train-on <what>', 'which tokens are learned (default: assistant)').choices([
        'assistant',
        'completion',
        'all',
      ]),
    )
    .addOption(
      new Option('--overflow <how>', 'what becomes of what is longer than a row (default: skip)').choices([
        'skip',
        'truncate',
        'split',
      ]),
    )
    .option(
      '--noise-alpha <a>',
      'NEFTune: noise on the embeddings, 5 is a beginning',
      numberBetween(0.001, 1000),
    )
    .option(
      '--teacher <source>',
      'learn from a stronger model: one with the same tokens by what it would say (GKD), one at https://…/v1 by its answers',
    )
    .option('--teacher-model <name>', 'of a --teacher at an address: which of its models answers')
    .option(
      '--max-tokens <n>',
      "longest answer: the model's own (default: 128), a teacher's (512)",
      wholeNumber(1, 65_536),
    )
    .option(
      '--temperature <t>',
      "of answers and distributions (default: 0.9), of a teacher's answers (its server's)",
      numberBetween(0, 10),
    )
    .option(
      '--on-policy-share <s>',
      'of --teacher here: steps in which the model answers itself (default: 0.5)',
      numberBetween(0, 1),
    )
    .option(
      '--divergence <b>',
      'of --teacher here: 0 covers all it may say, 1 says nothing it would not (default: 0.5)',
      numberBetween(0, 1),
    );
}

export function practiseOptions(command: Command): Command {
  return tuningOptions(command)
    .option(
      '--tasks <source>',
      'countdown, arithmetic, sorting, gsm8k:FILE, gsm8k-sums:FILE, or a file of {"question", "answer"} lines',
    )
    .option('--samples <n>', 'answers to each question (default: 8; of online-dpo: 2)', wholeNumber(1, 256))
    .option('--max-tokens <n>', 'longest answer in tokens (default: 128)', wholeNumber(1, 65_536))
    .option('--temperature <t>', 'of the answers that are practised (default: 1)', numberBetween(0.05, 10))
    .addOption(
      new Option(
        '--method <name>',
        'by name, with its own advantages and averages (default: as dapo, unscaled)',
      ).choices([
        ...['reinforce', 'rloo', 'grpo', 'bnpo', 'dapo', 'dr_grpo', 'gspo', 'cispo', 'ppo'],
        ...['rejection', 'online-dpo'],
      ]),
    )
    .option(
      '--minimum-reward <r>',
      'of --method rejection: answers that earn less are not imitated (default: 1)',
      numberBetween(-1e9, 1e9),
    )
    .option(
      '--critic-learning-rate <r>',
      'of --method ppo (default: ten times --learning-rate, with --lora the same)',
      numberBetween(0, 1),
    )
    .option(
      '--lambda <l>',
      'of --method ppo: 1 trusts rewards alone, 0 the critic alone (default: 0.95)',
      numberBetween(0, 1),
    )
    .option(
      '--kl <beta>',
      'with --lora: how strongly to hold on to the model as it was (default: 0; the β of online-dpo: 0.1)',
      numberBetween(0, 100),
    )
    .option(
      '--reward-model <source>',
      'practise for what llm prefer --method reward left; the tasks say how it does in truth',
    )
    .option('--control', 'draw rewards by a coin instead: whether the reward was the reason');
}

export function preferOptions(command: Command): Command {
  return tuningOptions(command)
    .requiredOption(
      '--pairs <files...>',
      'two answers to a prompt a line: {"prompt", "chosen", "rejected"}; of --method process an answer whose steps are judged: {"prompt", "completions", "labels"}',
    )
    .addOption(
      new Option('--method <name>', 'how they are learned from (default: dpo)').choices(preferMethods),
    )
    .option('--beta <b>', "of the method (default: its paper's)", numberBetween(0.0001, 1000))
    .option(
      '--columns <n>',
      'most tokens of a prompt with its answer (default: 512, or the window)',
      wholeNumber(8, 1_000_000),
    )
    .option('--steps <n>', 'steps of --rows pairs each (default: one pass)', wholeNumber(1))
    .option('--seed <n>', 'order of the pairs', wholeNumber(0))
    .option('--threads <n>', 'threads for training', wholeNumber(1, 256))
    .option('--json', 'print the events as JSON lines')
    .option('--verbose', 'show where an error came from');
}

function tuningOptions(command: Command): Command {
  return command
    .option('--model <source>', 'any model instead: hf:owner/name, a folder, a .gguf file, runs/x#sft')
    .option('--lora <rank>', 'train adapters of this rank instead of all weights', wholeNumber(1, 4096))
    .option('--lora-alpha <a>', 'scale of the adapters (default: twice the rank)', numberBetween(0.001, 1e6))
    .option('--lora-targets <names...>', 'linear layers with adapters (default: all seven of a block)')
    .addOption(
      new Option('--dtype <type>', 'how frozen weights are held, with --lora (default: as stored)').choices([
        'as stored',
        'float32',
        'q8',
        'q4',
      ]),
    )
    .option('--learning-rate <r>', 'peak of the schedule', numberBetween(0, 1))
    .option('--rows <n>', 'rows of a step', wholeNumber(1, 65_536))
    .option(
      '--rows-at-once <n>',
      'rows computed at a time: less memory, the same result',
      wholeNumber(1, 65_536),
    )
    .addOption(new Option('--memory <how>', 'compact: less memory, more time').choices(['compact', 'fast']))
    .option(
      '--held-out <n>',
      'kept for measuring, at most a tenth, of questions half (default: 32)',
      wholeNumber(0, 1_000_000),
    )
    .option('--save-every <n>', 'steps between checkpoints (default: only at the end)', wholeNumber(1))
    .option('--out <dir>', 'where the result goes (default: tuned/NAME-sft, tuned/NAME-rl)')
    .option('--merge', 'with --lora: write the whole model, adapters merged into it')
    .option('--resume', 'go on with the training in --out')
    .option('--dry-run', 'say what it needs in memory and time, and stop')
    .option('--force', 'begin although the memory does not suffice');
}
