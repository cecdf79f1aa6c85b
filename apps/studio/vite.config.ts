/**
 * The page as static files that any server can host at any path. Packages are compiled from their sources, so
 * nothing needs to be built first. Scripts of workers lie in a folder of their own: the server lets them, and
 * only them, compile WebAssembly.
 */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defaultClientConditions, defineConfig } from 'vite';
import { packedEncodings } from './packed-encodings.js';

/** Which plugin took how long says nothing to whoever starts the studio. */
const checks = { bundlerTimings: false };

export default defineConfig({
  base: './',
  plugins: [svelte()],
  resolve: { conditions: ['@llm/source', 'svelte', ...defaultClientConditions] },
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: { checks },
  },
  worker: {
    format: 'es',
    plugins: () => [packedEncodings()],
    rolldownOptions: {
      checks,
      output: {
        entryFileNames: 'workers/[name]-[hash].js',
        chunkFileNames: 'workers/[name]-[hash].js',
        // The runtime's own scripts start threads, which compile WebAssembly too.
        assetFileNames: 'workers/[name]-[hash][extname]',
      },
    },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8090', '/v1': 'http://127.0.0.1:8090' } },
});
