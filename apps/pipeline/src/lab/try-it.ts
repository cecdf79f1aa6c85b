/** What a reader of an experiment does next: a command for the run it asked, and the same in the page. */
import type { LabTry } from '@llm/studio/wire';
import type { RunModelPlace } from '../models/model-source.js';
import { isLatest } from '../run/latest-run.js';
import { quoted, typed } from '../terminal/typed-command.js';

/** `text`: what to say, or how the document begins. Commands without `--run` mean the newest run. */
export function askRun(
  run: RunModelPlace | undefined,
  what: string,
  ask: NonNullable<LabTry['ask']>,
  more = '',
): LabTry {
  const { model, text, system } = ask;
  const words = [
    model === 'pretrain' ? 'generate' : 'chat',
    ...(run === undefined || isLatest(run.directory) ? [] : ['--run', quoted(run.directory)]),
    ...['--model', model],
    ...(more === '' ? [] : [more]),
    ...(system === undefined ? [] : ['--system', quoted(system)]),
    ...(text === undefined ? [] : [model === 'pretrain' ? '--prompt' : '-p', quoted(text)]),
  ];
  return { command: typed(words.join(' ')), what, ask };
}
