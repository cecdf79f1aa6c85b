/** The flags and the help of `llm import`. */
import type { Command } from 'commander';
import type { Output } from '../terminal/output.js';
import { examples } from './examples.js';
import type { HandOnFlags } from './hand-on.js';

export function defineImport(program: Command, output: Output): void {
  program
    .command('import')
    .description('Take back what llm export --to torchrun handed on: the run goes on from its checkpoint.')
    .argument('<folder>', 'the folder that was exported, or one of its checkpoints')
    .option('--run <dir>', 'the run directory (default: runs/latest)')
    .option('--verbose', 'show where an error came from')
    .allowExcessArguments(false)
    .addHelpText('after', examples([['llm import big/ --run runs/mine', 'the newest checkpoint of big/']]))
    .action(async (folder: string, flags: Pick<HandOnFlags, 'run'>) =>
      (await import('./hand-on.js')).takeBackRun(folder, flags, output),
    );
}
