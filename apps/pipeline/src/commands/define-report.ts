/** The flags and the help of `llm report`. */
import type { Command } from 'commander';
import type { Output } from '../terminal/output.js';
import { examples } from './examples.js';

export function defineReport(program: Command, output: Output): void {
  program
    .command('report')
    .description('Write report.json, report.md and report.html again from what the run directory holds.')
    .option('--run <dir>', 'the run directory (default: runs/latest)')
    .option('--verbose', 'show where an error came from')
    .addHelpText('after', examples([['llm report --run runs/latest', 'also for a run that is not finished']]))
    .action(async (flags: { run?: string | undefined }) => {
      const { rebuildReport } = await import('./report.js');
      await rebuildReport(flags, output);
    });
}
