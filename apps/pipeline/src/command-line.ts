/**
 * The `llm` command line: flags, help with examples, exit codes. What the commands do is in `commands/`,
 * loaded when one runs, so that help and mistakes answer at once.
 */
import { Command, CommanderError } from 'commander';
import { defineChat } from './commands/define-chat.js';
import { defineData } from './commands/define-data.js';
import { defineEval } from './commands/define-eval.js';
import { defineExport } from './commands/define-export.js';
import { defineGenerate } from './commands/define-generate.js';
import { defineImport } from './commands/define-import.js';
import { defineInspect } from './commands/define-inspect.js';
import { defineLab } from './commands/define-lab.js';
import { definePrefer } from './commands/define-prefer.js';
import { defineReport } from './commands/define-report.js';
import { defineServe } from './commands/define-serve.js';
import { defineStages } from './commands/define-stages.js';
import { defineStudio } from './commands/define-studio.js';
import { examples } from './commands/examples.js';
import { describeError } from './terminal/describe-error.js';
import { Interrupted } from './terminal/interruption.js';
import type { Output } from './terminal/output.js';
import { shownOutput } from './terminal/shown-text.js';
import { typed } from './terminal/typed-command.js';

/**
 * Parses and runs one command. Returns the exit code: 0, 1 for a mistake or a failure, 2 for a wrong flag,
 * 130 for Ctrl-C.
 */
export async function runCommandLine(parameters: readonly string[], given: Output): Promise<number> {
  const output = shownOutput(given);
  const verbose = parameters.includes('--verbose');
  try {
    await buildProgram(output).parseAsync([...parameters], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof Interrupted) return error.exitCode;
    output.stderr.write(`${describeError(error, verbose)}\n`);
    return 1;
  }
}

function buildProgram(output: Output): Command {
  const program = new Command(typed('').trim())
    .description('From a crawl of the web to an assistant you can talk to, in one run directory.')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void output.stdout.write(text),
      writeErr: (text) => void output.stderr.write(text),
      outputError: (text, write) => write(`${text.trim().replaceAll(/\s*\n\s*/g, ' ')}\n`),
    });
  program.addHelpText(
    'after',
    examples([
      ['llm run', 'everything, in a new directory runs/<time>'],
      ['llm run --preset smoke', 'the same, small: about a minute'],
      ['llm run --run runs/latest', 'go on where a run stopped'],
      ['llm chat', 'talk to the newest run'],
    ]),
  );

  for (const define of [
    defineStages,
    definePrefer,
    defineData,
    defineEval,
    defineGenerate,
    defineChat,
    defineServe,
    defineStudio,
    defineInspect,
    defineExport,
    defineImport,
    defineReport,
    defineLab,
  ])
    define(program, output);
  return program;
}
