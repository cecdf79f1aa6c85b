/** The flags and the help of `llm lab`. */
import type { Command } from 'commander';
import { wholeNumber } from '../flags.js';
import type { Output } from '../terminal/output.js';
import { examples } from './examples.js';
import type { LabFlags } from './lab.js';

export function defineLab(program: Command, output: Output): void {
  program
    .command('lab')
    .argument('<name>', 'an experiment, `all` of them, or `list`')
    .description(
      'Claims about language models as experiments of a few minutes, each with a report and plots.',
    )
    .option('--run <dir>', 'the run whose models are measured, and in whose folder lab/ the reports go')
    .option(
      '--out <dir>',
      'another folder for the reports (default: lab/ in the run, or here where there is none)',
    )
    .option('--seed <n>', 'the first seed', wholeNumber(0))
    .option('--seeds <k>', "how many seeds (default: the experiment's own)", wholeNumber(1, 100))
    .option('--threads <n>', 'threads for training (default: 1)', wholeNumber(1, 256))
    .option('--json', 'print the events as JSON lines')
    .option('--verbose', 'show where an error came from')
    .allowExcessArguments(false)
    .addHelpText(
      'after',
      examples([
        ['llm lab list', 'what there is, and how long it takes'],
        ['llm lab tokens-to-think', 'one of them; stopped by Ctrl-C it goes on with the same command'],
        ['llm lab all --run runs/latest --seeds 1', 'all of them, with one seed each'],
      ]),
    )
    .action(async (name: string, flags: LabFlags) => (await import('./lab.js')).runLab(name, flags, output));
}
