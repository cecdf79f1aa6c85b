/** `llm data explain`, `inspect` and `tune`: why a page was dropped, and what other thresholds would say. */
import { type Command, Option } from 'commander';
import { stepPresets } from '../explaining/step-presets.js';
import { wholeNumber } from '../flags.js';
import type { Output } from '../terminal/output.js';
import type { DataExplainFlags } from './data-explain.js';
import type { DataInspectFlags } from './data-inspect.js';
import type { DataTuneFlags } from './data-tune.js';
import { examples } from './examples.js';

export function defineDataExplain(data: Command, output: Output): void {
  data
    .command('explain')
    .description(
      'One page’s way through every step: each value beside its threshold, the text before and after.',
    )
    .argument(
      '<page>',
      'an address, a file of HTML or text, FILE.warc.gz:OFFSET; with --run an address or id of the run',
    )
    .option('--run <dir>', 'a finished run: the page is looked up there, and duplicates are named')
    .option('--steps <plan>', 'a module whose steps are asked, as for `llm data run`')
    .addOption(
      new Option('--preset <name>', 'whose steps are asked (default: the run’s, or datatrove-0.10)').choices(
        stepPresets,
      ),
    )
    .option('--url <address>', 'the address of a page that is read from a file')
    .option('--robots <file>', 'a robots.txt, or an archive that holds it (default: that of the page)')
    .option('--agent <token>', 'the crawler that robots.txt is asked about (default: CCBot)')
    .option('--characters <n>', 'of a text, shown at most', wholeNumber(0), 2000)
    .option('--json', 'everything, texts whole, as one JSON line')
    .option('--verbose', 'show where an error came from')
    .allowExcessArguments(false)
    .addHelpText(
      'after',
      examples([
        ['llm data explain https://example.org/', 'fetched now'],
        ['llm data explain CC-MAIN-….warc.gz:53211 --preset fineweb-v1', 'a record of a crawl'],
        ['llm data explain https://example.org/ --run runs/cc', 'as the run met it, with its duplicates'],
        ['llm data explain page.html --steps plan.ts', 'by steps of your own'],
      ]),
    )
    .action(async (page: string, flags: DataExplainFlags) =>
      (await import('./data-explain.js')).dataExplain(page, flags, output),
    );
  sampling(data.command('inspect'), 20)
    .description('Samples of what a run kept, and of what each rule dropped, as one page to read.')
    .argument('<dir>', 'a finished run: best one with --dropped-text')
    .option('--output <file>', 'where the page goes (default: inspect.html in the run)')
    .addHelpText('after', examples([['llm data inspect runs/cc', 'then open runs/cc/data/inspect.html']]))
    .action(async (directory: string, flags: DataInspectFlags) =>
      (await import('./data-inspect.js')).dataInspect(directory, flags, output),
    );
  sampling(data.command('tune'), 3)
    .description('What other thresholds would keep and drop of a run, without reading the crawl again.')
    .argument('<dir>', 'a finished run with --measure-all')
    .requiredOption('--set <step.option=number...>', 'thresholds, as gopher-quality.minWords=30')
    .option('--decisions', 'a JSON line for every page: what it was, what it would be')
    .option('--json', 'the counts and samples as one JSON line')
    .addHelpText(
      'after',
      examples([
        [
          'llm data tune runs/cc --set gopher-quality.minWords=30 fineweb.maxNewlinesPerWord=0.4',
          'both at once',
        ],
      ]),
    )
    .action(async (directory: string, flags: DataTuneFlags) =>
      (await import('./data-tune.js')).dataTune(directory, flags, output),
    );
}

function sampling(command: Command, samples: number): Command {
  return command
    .option('--samples <n>', 'pages of each kind that are shown', wholeNumber(0, 10_000), samples)
    .option('--seed <n>', 'which ones', wholeNumber(0), 1)
    .option('--verbose', 'show where an error came from')
    .allowExcessArguments(false);
}
