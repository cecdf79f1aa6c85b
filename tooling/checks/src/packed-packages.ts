/**
 * Tests every package as a stranger gets it: `npm pack`, what lies in the tarball,
 * publint and attw on it, then the tarball alone (with only the @llm tarballs it
 * depends on) installed into an empty project, each entry imported, and programs
 * that use its types compiled with every strict option on. Needs a finished build.
 */
import { mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { consumerProblems } from './consumer-types.js';
import { describeFailure, type Manifest, type Packed, packPackages, root, run } from './pack-packages.js';

const bin = (name: string): string => join(root, 'node_modules/.bin', name);

const scratch = await mkdtemp(join(tmpdir(), 'llm-packed-'));
let failed = 0;
try {
  const packed = await packPackages(scratch);
  for (const [name, { manifest, directory, files }] of packed) {
    const problems = inspect(manifest, directory, files);
    for (const problem of problems) console.error(`${name}: ${problem}`);
    if (problems.length > 0) failed++;
  }
  for (const [name, { directory, manifest, tarball }] of packed) {
    try {
      await run(bin('publint'), ['--strict', tarball], { cwd: root });
      await run(
        bin('attw'),
        ['--profile', 'esm-only', '--exclude-entrypoints', './package.json', '--', tarball],
        { cwd: root },
      );
      const needed = withDependencies(name, packed);
      const project = await installAlone(needed);
      const entries = Object.keys(manifest.exports)
        .filter((entry) => entry !== './package.json')
        .map((entry) => name + entry.slice(1));
      await importEntries(project, manifest, entries);
      await linkPeers(project, needed);
      const consumer = join(root, 'tooling/checks/consumers', `${directory}.ts`);
      const problems = await consumerProblems(project, name, entries, consumer);
      if (problems.length > 0) throw new Error(`its types cannot be used:\n${problems.join('\n')}`);
      const { size } = await stat(tarball);
      console.log(
        `${name}: publint, attw, ${entries.length} entries imported and compiled from ${(size / 1024).toFixed(0)} KB`,
      );
    } catch (error) {
      failed++;
      console.error(`${name}: ${describeFailure(error)}`);
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

/** The package and those of ours that it depends on. */
function withDependencies(name: string, packed: ReadonlyMap<string, Packed>): Packed[] {
  const needed = new Set<string>();
  const visit = (each: string): void => {
    if (needed.has(each)) return;
    needed.add(each);
    for (const dependency of Object.keys(packed.get(each)!.manifest.dependencies ?? {}))
      if (packed.has(dependency)) visit(dependency);
  };
  visit(name);
  return [...needed].map((each) => packed.get(each)!);
}

async function installAlone(needed: readonly Packed[]): Promise<string> {
  const project = await mkdtemp(join(scratch, 'project-'));
  const tarballs = needed.map(({ tarball }) => tarball);
  await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }\n');
  await run(
    'npm',
    ['install', '--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts', ...tarballs],
    { cwd: project },
  );
  return project;
}

async function importEntries(project: string, manifest: Manifest, entries: readonly string[]): Promise<void> {
  // Entries under an optional peer (…/node, …/web of the graph) need that peer; importing them without it
  // must fail naming the peer, so a missing optional peer is the one accepted failure.
  const peers = Object.keys(manifest.peerDependencies ?? {});
  for (const specifier of entries) {
    const script = `const module = await import(${JSON.stringify(specifier)}); if (Object.keys(module).length === 0) throw new Error('no exports');`;
    try {
      await run('node', ['--input-type=module', '-e', script], { cwd: project });
    } catch (error) {
      const text = String((error as { stderr?: string | undefined }).stderr);
      if (!peers.some((peer) => text.includes(`Cannot find package '${peer}'`))) throw error;
    }
  }
}

/** Whoever compiles against an entry under an optional peer has the peer. */
async function linkPeers(project: string, needed: readonly Packed[]): Promise<void> {
  const peers = new Set(needed.flatMap(({ manifest }) => Object.keys(manifest.peerDependencies ?? {})));
  for (const peer of peers)
    await symlink(join(root, 'node_modules', peer), join(project, 'node_modules', peer), 'junction');
}
