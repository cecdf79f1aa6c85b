/** `npm pack` of every package, into a folder of tarballs. Needs a finished build. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

export const run = promisify(execFile);
export const root = resolve(import.meta.dirname, '../../..');

export interface Manifest {
  name: string;
  exports: Record<string, Record<string, string> | string>;
  keywords?: readonly string[] | undefined;
  repository?: { readonly url: string; readonly directory: string } | undefined;
  scripts: Record<string, string>;
  dependencies?: Record<string, string> | undefined;
  peerDependencies?: Record<string, string> | undefined;
}

export interface Packed {
  /** Below `packages/`. */
  readonly directory: string;
  readonly manifest: Manifest;
  readonly tarball: string;
  /** What the tarball holds, relative to the package. */
  readonly files: readonly string[];
}

/** By package name, in the order of their folders. */
export async function packPackages(destination: string): Promise<Map<string, Packed>> {
  const packed = new Map<string, Packed>();
  for (const directory of await readdir(join(root, 'packages'))) {
    const cwd = join(root, 'packages', directory);
    const manifest = JSON.parse(await readFile(join(cwd, 'package.json'), 'utf8')) as Manifest;
    // The build was made just before; a package that is published makes its own (prepack).
    const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', destination];
    const { stdout } = await run('npm', pack, { cwd });
    const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
    const paths = files.map(({ path }) => path);
    packed.set(manifest.name, { directory, manifest, tarball: join(destination, filename), files: paths });
  }
  return packed;
}

/** The message of a failed command with all that it printed. */
export function describeFailure(error: unknown): string {
  const { message, stdout, stderr } = error as Error & {
    stdout?: string | undefined;
    stderr?: string | undefined;
  };
  return [message, stdout, stderr].filter(Boolean).join('\n');
}
