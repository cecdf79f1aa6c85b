/** `llm data run`, `launch`, `work` and `mix`: what is beside the stage of a run. */

import type { PhaseName } from '@llm/data/node';
import { type Command, Option } from 'commander';
import { recordFlags } from '../explaining/record-flags.js';
import { numberBetween, wholeNumber } from '../flags.js';
import type { Output } from '../terminal/output.js';
import { engines } from './data-engines.js';
import type { DataLaunchFlags } from './data-launch.js';
import type { DataMixFlags } from './data-mix.js';
import type { DataRunFlags } from './data-run.js';
import type { DataWorkFlags } from './data-work.js';
import { defineDataExplain } from './define-data-explain.js';
import { defineDataTools } from './define-data-tools.js';
import { outputOptions } from './define-stages.js';
import { examples } from './examples.js';

/** Written out: what is imported here is loaded by every command. */
const phaseNames: Readonly<Record<PhaseName, true>> = {
  pages: true,
  merge: true,
  buckets: true,
  clusters: true,
  sentences: true,
  'sentences-repeats': true,
  seeds: true,
  'seeds-repeats': true,
  windows: true,
  'windows-repeats': true,
  corpus: true,
  finish: true,
};

export function defineData(program: Command, output: Output): void {
  // What stands behind `run` is for `run`: `data` itself has flags of the same names.
  const data = program
    .enablePositionalOptions()
    .commands.find((command) => command.name() === 'data')!
    .enablePositionalOptions();
  recordFlags(inputs(data.command('run')))
    .description(
      'A plan of your own: a module whose default export is a list of steps, or { inputs, output, steps }.',
    )
    .argument('<plan>', 'a .ts, .mts, .js or .mjs file')
    .option('--rank <n>', 'do only this share of each phase: the tasks n, n + world, …', wholeNumber(0))
    .option('--world <n>', 'how many ranks there are', wholeNumber(1))
    .addOption(
      new Option('--phase <name>', 'do only this phase; those before must be done').choices(
        Object.keys(phaseNames),
      ),
    )
    .option('--json', 'print the events as JSON lines')
    .option('--verbose', 'show where an error came from')
    .addHelpText(
      'after',
      examples([
        ['llm data run plan.ts', 'on all processors; what is done is kept'],
        ['llm data run steps.ts --warc "crawl/*.warc.gz" --output clean', 'inputs and output from here'],
        ['llm data run plan.ts --rank 3 --world 8', 'one of eight that share a disk'],
      ]),
    )
    .action(async (plan: string, flags: DataRunFlags) =>
      (await import('./data-run.js')).dataRun(plan, flags, output),
    );
  inputs(data.command('launch'))
    .description('Starts the ranks of a plan on an engine, phase by phase.')
    .argument('<engine>', engines.join(', '))
    .argument('<plan>', 'as for `llm data run`')
    .option('--tasks <n>', 'ranks of each phase', wholeNumber(1), 8)
    .option('--concurrency <n>', 'ranks at once', wholeNumber(1))
    .option('--logs <dir>', 'slurm: where the logs go (default: logs)')
    .option('--time <limit>', 'slurm: of a job, as 10:00:00')
    .option('--partition <name>', 'slurm')
    .option('--cpus <n>', 'slurm, ray, kubernetes: processors of a rank', wholeNumber(1))
    .option('--memory <size>', 'slurm, kubernetes: of a rank, as 4G or 4Gi')
    .option('--clusters-memory <size>', 'slurm, kubernetes: of the one rank that holds 8 bytes a document')
    .option('--depends <job>', 'slurm: a job that must be done before')
    .option('--redis <url>', 'redis: the server (default: redis://localhost:6379)')
    .option('--queue <name>', 'redis: the queue that workers listen to (default: llm-data)')
    .option('--address <url>', 'ray: the dashboard (default: http://localhost:8265)')
    .option('--image <name>', 'kubernetes: an image with `llm` and the plan')
    .option('--name <name>', 'kubernetes: of the Jobs; redis: of the run (default: llm-data)')
    .option('--claim <name:path>', 'kubernetes: a volume claim and where it is mounted')
    .option('--verbose', 'show where an error came from')
    .addHelpText(
      'after',
      examples([
        ['llm data launch local plan.ts --tasks 8', 'as processes of this machine'],
        ['llm data launch slurm plan.ts --tasks 500 --time 10:00:00', 'as job arrays'],
        ['llm data launch redis plan.ts --redis redis://host:6379', 'for whatever runs `llm data work`'],
        ['llm data launch kubernetes plan.mjs --image me/llm > jobs.json', 'for kubectl apply -f'],
      ]),
    )
    .action(async (engine: string, plan: string, flags: DataLaunchFlags) =>
      (await import('./data-launch.js')).dataLaunch(engine, plan, flags, output),
    );
  data
    .command('work')
    .description('Takes ranks from a queue on Redis until it is stopped.')
    .option('--redis <url>', 'the server (default: redis://localhost:6379)')
    .option('--queue <name>', 'the queue (default: llm-data)')
    .option('--concurrency <n>', 'ranks at once in this process', wholeNumber(1), 1)
    .option('--verbose', 'show where an error came from')
    .action(async (flags: DataWorkFlags) => (await import('./data-work.js')).dataWork(flags, output));
  defineDataExplain(data, output);
  defineMix(data, output);
  defineDataTools(data, output);
}

function defineMix(data: Command, output: Output): void {
  const mix = data
    .command('mix')
    .description('Sources → one shuffled corpus in which they have given shares.')
    .requiredOption(
      '--source <name=place...>',
      'named sources: folders of `llm data`, files, patterns in quotes, here or on https:, s3:, hf:',
    )
    .option('--text-field <name>', 'the field or column that holds the text (default: text)')
    .addOption(
      new Option('--by <what>', 'what the shares are of (default: source)').choices(['source', 'language']),
    )
    .option('--weight <name=number...>', 'the share of each; they need not add up to 1')
    .option(
      '--temperature <t>',
      'instead of weights: share ∝ size^(1/t), 1 leaves the sizes as they are',
      numberBetween(1, 1000),
    )
    .option('--documents <n>', 'budget; without one nothing is read twice', wholeNumber(1))
    .option('--characters <n>', 'budget, in characters', wholeNumber(1))
    .option('--tokens <n>', 'budget, in tokens of --tokenizer', wholeNumber(1))
    .option('--max-epochs <n>', 'most times a source may be read (default: 4)', numberBetween(0, 1e6))
    .option('--seed <n>', 'of what is drawn, and of the order (default: 0)', wholeNumber(0));
  outputOptions(mix);
  mix
    .option('--verbose', 'show where an error came from')
    .allowExcessArguments(false)
    .addHelpText(
      'after',
      examples([
        [
          'llm data mix --source web=clean/web books=clean/books --weight web=3 books=1 --output mix',
          'three to one',
        ],
        [
          'llm data mix --source all=clean --by language --temperature 3 --characters 1000000 --output mix',
          'languages evened out',
        ],
      ]),
    )
    .action(async (flags: DataMixFlags) => (await import('./data-mix.js')).dataMix(flags, output));
}

function inputs(command: Command): Command {
  return command
    .option(
      '--output <dir>',
      'where the shards go, instead of what the plan says: a folder, or s3://bucket/folder',
    )
    .option('--warc <paths...>', 'inputs instead of those of the plan: files, folders, patterns in quotes')
    .option('--text <paths...>', 'the same, of texts')
    .option('--jsonl <paths...>', 'the same, of {"text": …} a line')
    .option('--text-field <name>', 'the field of --jsonl that holds the text (default: text)')
    .option('--workers <n>', 'threads of a rank (default: the processors)', wholeNumber(0, 1024))
    .allowExcessArguments(false);
}
