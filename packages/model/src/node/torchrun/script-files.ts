/** The Python scripts and launch files of a torchrun folder: assets/torchrun of the package, as they are. */
import { chmod, copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export async function writeScripts(directory: string): Promise<void> {
  // The build copies assets/ into dist/, beside dist/node/.
  const isSource = import.meta.url.endsWith('.ts');
  const assets = new URL(isSource ? '../../../assets/torchrun/' : '../torchrun/', import.meta.url);
  const from = fileURLToPath(assets);
  for (const name of await readdir(from)) {
    if (!/\.(py|sh|sbatch|md)$/.test(name)) continue;
    await copyFile(join(from, name), join(directory, name));
    if (name.endsWith('.sh')) await chmod(join(directory, name), 0o755);
  }
}
