/**
 * The vocabularies of published encodings for the page: what `@llm/tokenizer` packs when it is built, so that
 * the page needs no build of it. Kept beside the dependencies, for packing takes seconds; a genuine file
 * never changes, and its hash is checked.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const here = import.meta.dirname;
const packer = join(here, '../../packages/tokenizer/src/encodings/source/pack-encoding.ts');
const kept = join(here, 'node_modules/.cache/encodings');

export function packedEncodings(): Plugin {
  return {
    name: 'packed-encodings',
    load(id) {
      const name = /encodings\/source\/(\w+_base)\.ts$/.exec(id.replaceAll('\\', '/'))?.[1];
      return name === undefined ? undefined : `export const encodingAsset = '${packed(name)}';`;
    },
  };
}

function packed(name: string): string {
  const path = join(kept, `${name}.txt`);
  if (existsSync(path)) return readFileSync(path, 'latin1');
  const script = `
    import { packGenuineEncoding } from ${JSON.stringify(packer)};
    process.stdout.write(packGenuineEncoding(${JSON.stringify(name)}));`;
  const parameters = ['--conditions=@llm/source', '--import', import.meta.resolve('tsx')];
  const text = execFileSync(process.execPath, [...parameters, '--input-type=module', '-e', script], {
    encoding: 'latin1',
    maxBuffer: 2 ** 26,
  });
  mkdirSync(kept, { recursive: true });
  writeFileSync(path, text, 'latin1');
  return text;
}
