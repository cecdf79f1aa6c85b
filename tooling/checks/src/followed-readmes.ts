/**
 * Follows every README as a stranger would: an empty folder, what its install lines name (our packages as
 * tarballs, others at the lockfile's versions) installed with npm and with pnpm, which hoists nothing, and
 * each example saved, run and expected to print something. Pages are bundled with Vite, or their import maps
 * followed to files. Needs a finished build and the registry (or full caches).
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeFailure, type Packed, packPackages, root, run } from './pack-packages.js';
import {
  importMapTargets,
  packagesOf,
  parseReadme,
  type Readme,
  type ReadmeExample,
} from './readme-examples.js';
import { typeProblems } from './type-problems.js';

const pnpmVersion = '10.34.9';
const tsx = join(root, 'node_modules/tsx/dist/cli.mjs');
// What the READMEs tell those to set whose package manager runs install scripts.
const environment = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' };

const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, { version?: string | undefined } | undefined>;
};
const scratch = await mkdtemp(join(tmpdir(), 'llm-readmes-'));
const problems: string[] = [];
try {
  const packed = await packPackages(scratch);
  const readmes = new Map<string, Readme>();
  for (const [name, { directory }] of packed)
    readmes.set(name, parseReadme(await readFile(join(root, 'packages', directory, 'README.md'), 'utf8')));
  for (const [name, readme] of readmes) problems.push(...nameProblems(name, readme));

  const compiled: string[] = [];
  const follow = async (manager: string, install: readonly string[]): Promise<void> => {
    for (const [name, readme] of readmes) {
      const folder = join(scratch, manager, packed.get(name)!.directory);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'package.json'), projectManifest(readme, packed));
      const started = Date.now();
      try {
        await run(install[0]!, [...install.slice(1), '--prefer-offline'], {
          cwd: folder,
          env: environment,
        });
      } catch (error) {
        const cause = 'cannot be installed (is the registry within reach?)';
        problems.push(`${name} with ${manager}: ${cause}\n${describeFailure(error)}`);
        continue;
      }
      const installed = Date.now();
      for (const example of readme.examples) {
        const found = await exampleProblems(folder, readme, example);
        problems.push(...found.map((text) => `${name} with ${manager}, ${text}`));
        if (example.file.endsWith('ts')) compiled.push(join(folder, example.file));
      }
      const seconds = [installed - started, Date.now() - installed].map((span) => (span / 1000).toFixed(1));
      const counted = `${readme.examples.length} examples in ${seconds[1]} s`;
      console.log(`${name} with ${manager}: installed in ${seconds[0]} s, ${counted}`);
    }
  };
  const pnpm = await installPnpm();
  // In CI pnpm would insist on a lockfile.
  const frozen = '--no-frozen-lockfile';
  await Promise.all([follow('npm', ['npm', 'install']), follow('pnpm', ['node', pnpm, 'install', frozen])]);
  problems.push(...typeProblems(compiled, { moduleResolution: 'bundler', skipLibCheck: true }));
  console.log(
    `readmes: ${readmes.size} followed with npm and with pnpm, ${compiled.length} files compiled, ${problems.length} problems`,
  );
} finally {
  await rm(scratch, { recursive: true, force: true });
}
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;

/** Examples must import only what the install line above them names, and every README has both. */
function nameProblems(name: string, { examples, installed }: Readme): string[] {
  if (installed.length === 0 || examples.length === 0)
    return [`${name}: its README has no install line, or no example`];
  return examples.flatMap((example) =>
    packagesOf(example)
      .filter((used) => !example.installed.includes(used))
      .map(
        (used) =>
          `${name}, ${example.file}: uses ${used}, which its install line (${example.installed.join(' ')}) does not name`,
      ),
  );
}

/**
 * The package.json that `npm install NAMES…` leaves in an empty folder; what is ours comes from the tarballs.
 */
function projectManifest({ installed }: Readme, packed: ReadonlyMap<string, Packed>): string {
  const spec = (name: string): string => {
    const tarball = packed.get(name)?.tarball;
    return tarball === undefined ? lockedVersion(name) : `file:${tarball}`;
  };
  const ours = [...packed.keys()].map((name) => [name, spec(name)] as const);
  return JSON.stringify({
    dependencies: Object.fromEntries(installed.map((name) => [name, spec(name)])),
    // Stands in for the registry: dependencies of ours on each other.
    overrides: Object.fromEntries(ours.filter(([name]) => !installed.includes(name))),
    pnpm: { overrides: Object.fromEntries(ours) },
  });
}

function lockedVersion(name: string): string {
  const version = lock.packages[`node_modules/${name}`]?.version;
  if (version === undefined)
    throw new Error(
      `package-lock.json knows no ${name}, which a README installs: add it to a devDependencies`,
    );
  return version;
}

async function installPnpm(): Promise<string> {
  const folder = join(scratch, 'package-manager');
  await mkdir(folder);
  const install = [
    'install',
    '--prefix',
    folder,
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    `pnpm@${pnpmVersion}`,
  ];
  await run('npm', install, { cwd: folder }).catch((error: unknown) => {
    throw new Error(
      `pnpm ${pnpmVersion} cannot be fetched: check:readmes needs the registry. ${describeFailure(error)}`,
    );
  });
  return join(folder, 'node_modules/pnpm/bin/pnpm.cjs');
}

async function exampleProblems(
  folder: string,
  { examples }: Readme,
  example: ReadmeExample,
): Promise<string[]> {
  const { file, language, section, code } = example;
  await writeFile(join(folder, file), code);
  const page = examples.find((other) => other.language === 'html' && other.section === section);
  if (page !== undefined && example !== page) return []; // a part of that page
  const started = Date.now();
  try {
    if (language === 'html') return await pageProblems(folder, examples, example);
    const { stdout } = await run('node', file.endsWith('ts') ? [tsx, file] : [file], {
      cwd: folder,
      env: environment,
      timeout: 300_000,
    });
    return stdout.trim() === '' ? [`${file}: prints nothing`] : [];
  } catch (error) {
    return [
      `${file}: fails after ${((Date.now() - started) / 1000).toFixed(1)} s\n${describeFailure(error)}`,
    ];
  }
}

async function pageProblems(
  folder: string,
  examples: readonly ReadmeExample[],
  page: ReadmeExample,
): Promise<string[]> {
  const missing = importMapTargets(page.code).filter((path) => !existsSync(join(folder, path)));
  if (missing.length > 0)
    return missing.map((path) => `${page.file}: its import map leads to ${path}, which is not there`);
  if (!page.installed.includes('vite')) return [];
  for (const { file, code } of examples.filter(({ section }) => section === page.section))
    await writeFile(join(folder, file), code);
  await run('node', ['node_modules/vite/bin/vite.js', 'build'], { cwd: folder, env: environment });
  return existsSync(join(folder, 'dist/index.html')) ? [] : [`${page.file}: Vite built no page`];
}
