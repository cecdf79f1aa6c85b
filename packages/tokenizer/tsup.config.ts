import { preset } from '@llm/build/tsup';

/**
 * `#encodings/NAME` becomes `./encodings/NAME.js`, a module of
 * its own that works without a resolver of package imports.
 */
const encodingModules = {
  name: 'encoding-modules',
  setup(build: {
    onResolve(
      options: { filter: RegExp },
      callback: (args: { path: string }) => { path: string; external: boolean },
    ): void;
  }) {
    build.onResolve({ filter: /^#encodings\// }, ({ path }) => ({
      path: `./${path.slice(1)}.js`,
      external: true,
    }));
  },
};

export default {
  ...preset({
    index: 'src/index.ts',
    r50k: 'src/r50k.ts',
    p50k: 'src/p50k.ts',
    cl100k: 'src/cl100k.ts',
    o200k: 'src/o200k.ts',
    'node/index': 'src/node/index.ts',
    'node/counting-worker': 'src/node/counting-worker.ts',
  }),
  esbuildPlugins: [encodingModules],
};
