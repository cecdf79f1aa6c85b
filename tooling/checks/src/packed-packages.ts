/**
 * Tests every package as a stranger gets it: `npm pack`, what lies in the tarball, publint and attw on it, then the tarball
 * alone (with only the @llm tarballs it depends on) installed into an empty project and each entry imported.
 * Needs a finished build.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../../..');
const bin = (name: string): string => join(root, 'node_modules/.bin', name);

interface Manifest {
  name: string;
  exports: Record<string, Record<string, string> | string>;
  keywords?: readonly string[] | undefined;
  repository?: { readonly url: string; readonly directory: string } | undefined;
  scripts: Record<string, string>;
  dependencies?: Record<string, string> | undefined;
  peerDependencies?: Record<string, string> | undefined;
}

const scratch = await mkdtemp(join(tmpdir(), 'llm-packed-'));
let failed = 0;
try {
  const packed = new Map<string, { manifest: Manifest; tarball: string }>();
  for (const directory of await readdir(join(root, 'packages'))) {
    const cwd = join(root, 'packages', directory);
    const manifest = JSON.parse(await readFile(join(cwd, 'package.json'), 'utf8')) as Manifest;
    // The build was made just before; a package that is published makes its own (prepack).
    const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', scratch];
    const { stdout } = await run('npm', pack, { cwd });
    const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
    const problems = inspect(
      manifest,
      directory,
      files.map(({ path }) => path),
    );
    for (const problem of problems) console.error(`${manifest.name}: ${problem}`);
    if (problems.length > 0) failed++;
    packed.set(manifest.name, { manifest, tarball: join(scratch, filename) });
  }
  for (const [name, { manifest, tarball }] of packed) {
    try {
      await run(bin('publint'), ['--strict', tarball], { cwd: root });
      await run(
        bin('attw'),
        ['--profile', 'esm-only', '--exclude-entrypoints', './package.json', '--', tarball],
        { cwd: root },
      );
      const entries = await importAlone(manifest, packed);
      const { size } = await stat(tarball);
      console.log(
        `${name}: publint, attw and ${entries} entries imported from ${(size / 1024).toFixed(0)} KB`,
      );
    } catch (error) {
      failed++;
      const { message, stdout, stderr } = error as Error & {
        stdout?: string | undefined;
        stderr?: string | undefined;
      };
      console.error(`${name}: ${message}\n${stdout ?? ''}\n${stderr ?? ''}`);
    }
  }
  console.log(`packed packages: ${packed.size} checked, ${failed} failed`);
} finally {
  await rm(scratch, { recursive: true, force: true });
}
if (failed > 0) process.exitCode = 1;

/** What a package must and must not hold. */
function inspect(manifest: Manifest, directory: string, files: readonly string[]): string[] {
  const { repository, keywords, scripts } = manifest;
  const targets = Object.entries(manifest.exports).flatMap(([entry, conditions]) =>
    typeof conditions === 'string'
      ? []
      : Object.values(conditions).map((file) => ({ entry, file: file.slice(2) })),
  );
  return [
    ...['LICENSE', 'README.md', 'package.json']
      .filter((file) => !files.includes(file))
      .map((file) => `the package holds no ${file}`),
    ...targets
      .filter(({ file }) => !file.includes('*') && !files.includes(file))
      .map(({ entry, file }) => `"${entry}" leads to ${file}, which the package does not hold`),
    ...files
      .filter((file) => /\.test\.[a-z]+$|(^|\/)fixtures\/|\.tgz$|tsconfig/.test(file))
      .map((file) => `${file} does not belong into a package`),
    ...(repository?.directory === `packages/${directory}`
      ? []
      : ['package.json names no repository directory']),
    ...(keywords?.length ? [] : ['package.json has no keywords']),
    ...(scripts.prepack ? [] : ['package.json has no prepack script: it could be published without a build']),
  ];
}

async function importAlone(
  manifest: Manifest,
  packed: ReadonlyMap<string, { manifest: Manifest; tarball: string }>,
): Promise<number> {
  const project = await mkdtemp(join(scratch, 'project-'));
  const needed = new Set<string>();
  const visit = (name: string): void => {
    if (needed.has(name)) return;
    needed.add(name);
    for (const dependency of Object.keys(packed.get(name)!.manifest.dependencies ?? {}))
      if (packed.has(dependency)) visit(dependency);
  };
  visit(manifest.name);
  const tarballs = [...needed].map((name) => packed.get(name)!.tarball);
  await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }\n');
  await run(
    'npm',
    ['install', '--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts', ...tarballs],
    { cwd: project },
  );
  // Entries under an optional peer (…/node, …/web of the graph) need that peer; importing them without it must
  // fail naming the peer, so a missing optional peer is the one accepted failure.
  const peers = Object.keys(manifest.peerDependencies ?? {});
  const entries = Object.keys(manifest.exports).filter((entry) => entry !== './package.json');
  for (const entry of entries) {
    const specifier = manifest.name + entry.slice(1);
    const script = `const module = await import(${JSON.stringify(specifier)}); if (Object.keys(module).length === 0) throw new Error('no exports');`;
    try {
      await run('node', ['--input-type=module', '-e', script], { cwd: project });
    } catch (error) {
      const text = String((error as { stderr?: string | undefined }).stderr);
      if (!peers.some((peer) => text.includes(`Cannot find package '${peer}'`))) throw error;
    }
  }
  return entries.length;
}
