/** The flags and the help of `llm studio`. */
import type { Command } from 'commander';
import { wholeNumber } from '../flags.js';
import type { Output } from '../terminal/output.js';
import { examples } from './examples.js';
import { weightOptions } from './model-options.js';
import type { StudioFlags } from './studio.js';

export function defineStudio(program: Command, output: Output): void {
  weightOptions(
    program
      .command('studio')
      .description('Look at runs in a browser: the page, on this machine alone, until Ctrl-C.')
      .option(
        '--run <dir>',
        'a run directory to show beside those in runs/, and first; repeatable (default: the newest)',
        collect,
      )
      .option(
        '--model <source>',
        'a model that the page may ask beside those of the runs, as in llm chat; repeatable',
        collect,
      )
      .option('--host <address>', 'where to listen; other than loopback needs --token (default: 127.0.0.1)')
      .option('--token <text>', 'what a browser or program must send (default: none)')
      .option('--port <n>', '0 takes a free one (default: 8090)', wholeNumber(0, 65_535))
      .option(
        '--export <dir>',
        'write the page with the runs as a folder that any web server hosts, and stop',
      )
      .option('--open', 'open the page in the browser'),
  )
    .option('--json', 'print one JSON line when it is ready')
    .addHelpText(
      'after',
      examples([
        ['llm studio', 'the runs in runs/, the newest first, on http://127.0.0.1:8090'],
        ['llm studio --export site', 'the newest run as a folder of files, for any web server'],
        ['llm studio --host 0.0.0.0 --token SECRET', 'for others, who have the token'],
        ['llm studio --run /data/run --open', 'a run that lies elsewhere, in the browser'],
      ]),
    )
    .action(async (flags: StudioFlags) => (await import('./studio.js')).openStudio(flags, output));
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}
