/** The flags and the help of `llm serve`. */
import { type Command, InvalidArgumentError } from 'commander';
import { wholeNumber } from '../flags.js';
import type { Output } from '../terminal/output.js';
import { examples } from './examples.js';
import { weightOptions } from './model-options.js';
import type { ServeFlags } from './serve.js';

export function defineServe(program: Command, output: Output): void {
  weightOptions(
    program
      .command('serve')
      .description('Serve models over the OpenAI API: chat and text completions, tools, JSON of a schema.')
      .option('--run <dir>', 'the run directory whose model is meant (default: runs/latest)')
      .option(
        '--model <source>',
        'as in llm chat; give it again for another (default: the last model of the newest run)',
        collect,
      )
      .option('--host <address>', 'where to listen; other than loopback needs --token (default: 127.0.0.1)')
      .option('--port <n>', '0 takes a free one (default: 8080)', wholeNumber(0, 65_535))
      .option('--token <text>', 'what clients send as their API key (default: none)')
      .option('--allowed-host <name>', 'without a token: a further name it answers to; repeatable', collect)
      .option(
        '--cors <origin>',
        'an origin whose pages may call it; repeatable (default: none)',
        collectOrigins,
      )
      .option(
        '--active <n>',
        'answers generated at once; the rest wait (default: 64)',
        wholeNumber(1, 10_000),
      )
      .option(
        '--grace <seconds>',
        'how long running answers may go on when it stops (default: 30)',
        wholeNumber(0, 86_400),
      ),
  )
    .option('--json', 'print one JSON line when it is ready')
    .addHelpText(
      'after',
      examples([
        ['llm serve', 'the newest model of the newest run on http://127.0.0.1:8080'],
        ['llm serve --model SmolLM2-135M-Instruct.gguf', 'a file; clients take the address with /v1'],
        ['llm serve --model hf:owner/name --host 0.0.0.0 --token SECRET', 'for others, who send the token'],
      ]),
    )
    .action(async (flags: ServeFlags) => (await import('./serve.js')).serveModels(flags, output));
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

function collectOrigins(value: string, before: readonly string[] = []): string[] {
  if (!URL.canParse(value) || new URL(value).origin !== value)
    throw new InvalidArgumentError('Give an origin, for example https://example.com');
  return [...before, value];
}
