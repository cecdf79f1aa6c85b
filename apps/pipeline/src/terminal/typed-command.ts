/**
 * How the user started this program, so that a command it prints can be typed as it stands: `npm run llm --`,
 * `npx llm`, `llm` where that is on the PATH, otherwise node with the file.
 */
import { realpathSync } from 'node:fs';
import { basename, delimiter, dirname, extname, join, relative, resolve } from 'node:path';

export interface Start {
  /** `process.argv`. */
  readonly argv: readonly string[];
  /** `process.execArgv`. */
  readonly nodeFlags: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
}

/** What stands before the name of a command: `npm run llm --`. */
export function commandPrefix({ argv, nodeFlags, environment, directory }: Start): string {
  const program = argv[1] ?? '';
  const isOurs = ['main', 'llm'].includes(basename(program, extname(program)));
  // Called by another program, a test for instance: nobody typed anything.
  if (!isOurs) return 'llm';
  const { npm_lifecycle_event: script, npm_lifecycle_script: line = '', npm_command } = environment;
  const manager = environment.npm_config_user_agent?.split('/')[0] ?? 'npm';
  // A script that ends in this program hands on what is typed after it.
  const last = line.split(' ').at(-1) ?? '';
  if (script !== undefined && last !== '' && sameFile(resolve(directory, last), program))
    return `${manager} run ${script}${manager === 'npm' ? ' --' : ''}`;
  if (npm_command === 'exec' || dirname(program).endsWith(join('node_modules', '.bin'))) return 'npx llm';
  const onPath = (environment.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => (folder === '' ? [] : [join(folder, 'llm'), join(folder, 'llm.cmd')]));
  if (onPath.some((path) => path === program || sameFile(path, program))) return 'llm';
  return ['node', ...nodeFlags, relative(directory, program)].map(quoted).join(' ');
}

/** `typed('run --run DIR')`: the command line that does it here. */
export function typed(command: string): string {
  // Looked for once: every example of every command's help asks, and each folder of the PATH is looked into.
  ownPrefix ??= commandPrefix({
    argv: process.argv,
    nodeFlags: process.execArgv,
    environment: process.env,
    directory: process.cwd(),
  });
  return `${ownPrefix} ${command}`;
}

let ownPrefix: string | undefined;

/** A word as a shell takes it. */
export function quoted(word: string): string {
  if (/^[\w@%+=:,./\\~-]+$/.test(word)) return word;
  return process.platform === 'win32' ? `"${word}"` : `'${word.replaceAll("'", "'\\''")}'`;
}

function sameFile(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
}
