#!/usr/bin/env node
import { runCommandLine } from './command-line.js';
import { processOutput } from './terminal/output.js';

// What a server started stops with it, as by Ctrl-C: what it is at is saved, and the next server goes on
// with it.
const isJob = process.channel !== undefined;
process.once('disconnect', () => process.kill(process.pid, 'SIGINT'));
process.channel?.unref();

// A reader that stops early (`llm eval | head -1`) is not an error; one that died leaves what it began to be
// saved.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    if (!isJob) process.exit(0);
  });
}

process.exitCode = await runCommandLine(process.argv.slice(2), processOutput);
