/** The flags that say what a run of the data stage writes down of its pages. */
import type { Command } from 'commander';
import { wholeNumber } from '../flags.js';

export function recordFlags(command: Command): Command {
  return command
    .option(
      '--dropped-text <characters>',
      'keep so much text of each dropped page, with what was measured, for `llm data inspect`',
      wholeNumber(1, 1_000_000),
    )
    .option('--measure', 'keep what was measured of every page, for `llm data tune`')
    .option('--measure-all', 'the same, and measure dropped pages in the later steps, too: takes longer');
}
