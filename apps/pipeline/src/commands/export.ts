/** `llm export` and `llm convert`: a model, its adapter merged, as files of another program. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readModel } from '@llm/assistant/node';
import { type ExportFormat, exportTypes } from '../export/export-format.js';
import { openOutput } from '../export/output-place.js';
import { writeModel } from '../export/write-model.js';
import { findModel } from '../models/model-source.js';
import { formatBytes } from '../terminal/format.js';
import { listenForInterruption } from '../terminal/interruption.js';
import type { Output } from '../terminal/output.js';
import { jsonLine, shownLine } from '../terminal/shown-text.js';
import { quoted, typed } from '../terminal/typed-command.js';

export interface ExportFlags {
  readonly run?: string | undefined;
  readonly model?: string | undefined;
  readonly adapter?: string | undefined;
  readonly to: ExportFormat;
  readonly dtype?: string | undefined;
  readonly force?: boolean | undefined;
  readonly json?: boolean | undefined;
}

export async function exportModel(out: string, flags: ExportFlags, output: Output): Promise<void> {
  const { to: format, force = false, adapter } = flags;
  const types = exportTypes(format, flags.dtype)!;
  const place = openOutput(out, { kind: format === 'gguf' ? 'file' : 'folder', force });
  const note = (line: string): void => void (flags.json !== true && output.stderr.write(`${line}\n`));
  const interruption = listenForInterruption(() => note('stopping …'));
  const { signal } = interruption;
  try {
    const found = await findModel(flags);
    note(`reading ${shownLine(found.title)} …`);
    const model = await readModel(found.source, { adapter, signal });
    note(`writing ${format} (${types.join(', ')}) …`);
    await writeModel(place.temporary, model, {
      format,
      types,
      signal,
      onBytes: (bytes) => void output.terminal?.write(`\r${formatBytes(bytes).padEnd(12)}`),
    });
    output.terminal?.write(`\r${' '.repeat(12)}\r`);
    signal.throwIfAborted();
    place.keep();
  } finally {
    interruption.dispose();
    place.discard();
  }
  report(out, format, flags, output);
}

function report(out: string, format: ExportFormat, flags: ExportFlags, output: Output): void {
  const files = filesOf(out);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  if (flags.json === true) {
    output.stdout.write(jsonLine({ out, format, bytes: total, files }));
    return;
  }
  for (const { name, bytes } of files)
    output.stdout.write(`${formatBytes(bytes).padStart(10)}  ${shownLine(name)}\n`);
  if (files.length > 1) output.stdout.write(`${formatBytes(total).padStart(10)}  in all\n`);
  // What is written for transformers.js is graphs, which are not read back.
  if (format === 'onnx')
    output.stdout.write(`In transformers.js: pipeline('text-generation', ${JSON.stringify(out)})\n`);
  else output.stdout.write(`Talk to it: ${typed(`chat --model ${quoted(out)}`)}\n`);
}

function filesOf(out: string): { readonly name: string; readonly bytes: number }[] {
  if (!statSync(out).isDirectory()) return [{ name: out, bytes: statSync(out).size }];
  return readdirSync(out, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => ({ name: join(out, name), entry: statSync(join(out, name)) }))
    .flatMap(({ name, entry }) => (entry.isFile() ? [{ name, bytes: entry.size }] : []));
}
