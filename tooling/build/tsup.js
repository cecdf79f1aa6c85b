// The one JavaScript build of every package. Declarations come from `tsc -p tsconfig.build.json`:
// tsup's own `dts` option injects compiler options that newer TypeScript refuses.
import { defineConfig } from 'tsup';

/** @param {Record<string, string>} entry output name → source file */
export function preset(entry) {
  return defineConfig({
    entry,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    splitting: true,
    sourcemap: true,
    clean: true,
    dts: false,
    external: [/^node:/],
    outExtension: () => ({ js: '.js' }),
  });
}
