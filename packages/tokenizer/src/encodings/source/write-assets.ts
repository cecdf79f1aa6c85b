/** Part of the build: writes `dist/encodings/NAME.js`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { assetNames, packGenuineEncoding } from './pack-encoding.js';

const folder = new URL('../../../dist/encodings/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const name of assetNames) {
  writeFileSync(
    new URL(`${name}.js`, folder),
    `export const encodingAsset = '${packGenuineEncoding(name)}';\n`,
  );
}
