#!/usr/bin/env node
import { runCommandLine } from './command-line.js';
import { processOutput } from './terminal/output.js';

// A reader that stops early (`llm eval | head -1`) is not an error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

process.exitCode = await runCommandLine(process.argv.slice(2), processOutput);
