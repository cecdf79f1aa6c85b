/**
 * Files that are dropped on the page: a browser does not say where they lie, so they are copied to where
 * a run can read them, `runs/given/`.
 */
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LlmError } from '@llm/core';
import { runsDirectory } from '../../run/latest-run.js';
import type { ApiRoute } from './api-route.js';

export const givenDirectory: string = join(runsDirectory, 'given');

export function uploadRoutes(directory = givenDirectory): ApiRoute[] {
  return [
    {
      method: 'POST',
      path: '/uploads/:name',
      about:
        'Copies a file to where runs can read it, and answers its path. One of the same name is replaced.',
      takes: { 'Content-Type': 'header: application/octet-stream; the body is the file' },
      answer: async (context) => {
        const path = join(directory, fileName(context.req.param('name')!));
        const { body } = context.req.raw;
        if (context.req.header('content-type') !== 'application/octet-stream' || body === null)
          throw new LlmError({
            code: 'pipeline/upload-invalid',
            message: 'Send the file as application/octet-stream; an empty one is nothing to read.',
          });
        await mkdir(directory, { recursive: true });
        const unfinished = `${path}.${process.pid}-${Date.now()}.tmp`;
        try {
          // Node's own stream of the same bytes.
          await pipeline(Readable.fromWeb(body as never), createWriteStream(unfinished));
          await rename(unfinished, path);
        } finally {
          await rm(unfinished, { force: true });
        }
        return context.json({ path }, 201);
      },
    },
  ];
}

/** Throws `pipeline/upload-invalid`. */
function fileName(name: string): string {
  if (/^[^\\/\p{Cc}]{1,200}$/u.test(name) && !/^[.-]/.test(name)) return name;
  throw new LlmError({
    code: 'pipeline/upload-invalid',
    message: `${JSON.stringify(name.slice(0, 100))} is no name for a file here: no slash, no control character, and no dot or dash in front.`,
  });
}
