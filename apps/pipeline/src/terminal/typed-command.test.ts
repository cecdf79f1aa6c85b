// Slow: npm is started, and the program by it
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { commandPrefix, quoted, type Start } from './typed-command.js';

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'llm-typed-')));
const put = (...parts: string[]): string => {
  const path = join(directory, ...parts);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, '');
  chmodSync(path, 0o755);
  return path;
};
const main = put('app', 'src', 'main.ts');
const bin = join(directory, 'node_modules', '.bin', 'llm');
mkdirSync(join(bin, '..'), { recursive: true });
if (process.platform !== 'win32') symlinkSync(put('dist', 'main.js'), bin);

const start = (program: string, environment: Start['environment'] = {}, nodeFlags: string[] = []): string =>
  commandPrefix({ argv: ['/usr/bin/node', program, 'run'], nodeFlags, environment, directory });

if (process.platform === 'win32')
  process.stderr.write('SKIPPED: printed commands (the test starts programs through links and sh)\n');

describe.skipIf(process.platform === 'win32')('a command is printed as it can be typed', () => {
  const script = {
    npm_command: 'run-script',
    npm_lifecycle_event: 'llm',
    npm_lifecycle_script: 'node --conditions=@llm/source --import tsx app/src/main.ts',
  };

  test.each([
    ['npm run', main, script, 'npm run llm --'],
    ['a script of another name', main, { ...script, npm_lifecycle_event: 'go' }, 'npm run go --'],
    ['pnpm', main, { ...script, npm_config_user_agent: 'pnpm/9.1.0 node/v20' }, 'pnpm run llm'],
    ['npx', bin, { npm_command: 'exec', npm_lifecycle_event: 'npx' }, 'npx llm'],
    [
      'a script that adds flags',
      bin,
      { ...script, npm_lifecycle_script: 'llm run --preset smoke' },
      'npx llm',
    ],
    ['the link itself', bin, {}, 'npx llm'],
  ])('%s', (_, program, environment, expected) => {
    expect(start(program, environment)).toBe(expected);
  });

  test('a program that is on the PATH', () => {
    const global = join(directory, 'global');
    mkdirSync(global, { recursive: true });
    symlinkSync(join(directory, 'dist', 'main.js'), join(global, 'llm'));
    const environment = { PATH: ['/usr/bin', global].join(delimiter) };
    expect(start(join(global, 'llm'), environment)).toBe('llm');
    expect(start(join(directory, 'dist', 'main.js'), environment)).toBe('llm');
    expect(start(join(directory, 'dist', 'main.js'), { PATH: '/usr/bin' })).toBe('node dist/main.js');
  });

  test('node with flags', () => {
    expect(start(main, {}, ['--conditions=@llm/source', '--import', 'a b'])).toBe(
      "node --conditions=@llm/source --import 'a b' app/src/main.ts",
    );
  });

  test('words with blanks and quotes stay words', () => {
    const words = ['plain/path-1.txt', 'two words', "it's", '$HOME', '*', ''];
    const { stdout } = spawnSync('sh', ['-c', `printf '%s\\n' ${words.map(quoted).join(' ')}`], {
      encoding: 'utf8',
    });
    expect(stdout).toBe(`${words.join('\n')}\n`);
  });

  test('the command that the program prints runs', () => {
    const root = fileURLToPath(new URL('../../../..', import.meta.url));
    const none = join(directory, 'none');
    const run = (command: string, environment: NodeJS.ProcessEnv): string => {
      const { stderr } = spawnSync('sh', ['-c', command], { cwd: root, env: environment, encoding: 'utf8' });
      return stderr;
    };
    // As in a terminal, not in a script of npm's.
    const clean = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')),
    );
    const said = run(`npm run --silent llm -- report --run ${none}`, clean);
    const command = /Start a run there with: (.*) \[/.exec(said)?.[1] ?? '';
    expect(command).toBe(`npm run llm -- run --run ${none}`);
    expect(run(`${command.replace('npm run', 'npm run --silent')} --seed none`, clean)).toContain(
      '--seed <n>',
    );
  });
});
