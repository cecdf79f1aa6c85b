/** `llm inspect`: what is in this file, from its headers. */
import { parameterCount } from '@llm/model';
import { inspectSource } from '../inspection/inspect-source.js';
import { elementsOf, type Inspection, type TensorSummary } from '../inspection/inspection.js';
import { memoryNeeded } from '../inspection/memory-needed.js';
import { followPointer } from '../run/latest-run.js';
import { formatBytes, formatCount } from '../terminal/format.js';
import type { Output } from '../terminal/output.js';
import { jsonLine, shownLine } from '../terminal/shown-text.js';

export interface InspectFlags {
  readonly tensors?: boolean | undefined;
  readonly template?: boolean | undefined;
  readonly json?: boolean | undefined;
}

export async function inspect(source: string, flags: InspectFlags, output: Output): Promise<void> {
  const [, path = source, stage = ''] = /^(.*?)(#[\w-]+)?$/s.exec(source) ?? [];
  const found = await inspectSource(/^(hf:|https?:)/i.test(source) ? source : followPointer(path) + stage);
  if (flags.json === true) {
    const { config } = found;
    const memory = config && memoryNeeded(config);
    output.stdout.write(jsonLine({ source, ...found, parameters: parametersOf(found), memory }));
  } else if (flags.template === true) output.stdout.write(`${found.chatTemplate ?? '(no chat template)'}\n`);
  else output.stdout.write(`${describe(source, found, flags).map(shownLine).join('\n')}\n`);
}

function parametersOf({ config, tensors }: Inspection): number {
  if (config !== undefined) return parameterCount(config);
  return tensors.reduce((sum, { shape }) => sum + elementsOf(shape), 0);
}

function describe(source: string, found: Inspection, flags: InspectFlags): string[] {
  const { config, tensors, tokenizer, chatTemplate, generation, unsupported } = found;
  const lines = [
    `${source}: ${found.format}${found.architecture === undefined ? '' : `, ${found.architecture}`}`,
  ];
  const say = (name: string, value: string): void => void lines.push(`  ${name.padEnd(12)}${value}`);
  if (tensors.length > 0) {
    const bytes = tensors.reduce((sum, tensor) => sum + tensor.bytes, 0);
    say(
      'parameters',
      `${formatCount(parametersOf(found))} in ${tensors.length} tensors, ${formatBytes(bytes)}`,
    );
  }
  if (config !== undefined) {
    const { depth, width, heads, keyValueHeads, headWidth, vocabularySize, contextLength } = config;
    say(
      'shape',
      `${depth} layers of ${width}, ${heads} heads of ${headWidth}, ${keyValueHeads} for keys and values`,
    );
    say('context', `${contextLength} tokens; vocabulary ${vocabularySize}`);
    const { weights, cache } = memoryNeeded(config);
    const sizes = Object.entries(weights).map(([dtype, bytes]) => `${dtype} ${formatBytes(bytes)}`);
    say('memory', `${sizes.join(', ')}; a full window ${formatBytes(cache)} more`);
  }
  for (const kind of kindsOf(tensors, flags.tensors === true)) say('tensors', kind);
  if (tokenizer !== undefined) {
    say('tokenizer', `${tokenizer.kind} of ${tokenizer.vocabularySize} tokens`);
    const special = Object.entries(tokenizer.specialTokens).map(([text, id]) => `${text} ${id}`);
    const rest = special.length > 12 ? `, and ${special.length - 12} more` : '';
    if (special.length > 0) say('special', special.slice(0, 12).join(', ') + rest);
  }
  for (const line of firstLines(chatTemplate)) say('template', line);
  for (const [key, value] of Object.entries({ ...found.notes, ...(generation && { generation }) }))
    if (value !== undefined && value !== null)
      say(key, typeof value === 'string' ? value : JSON.stringify(value));
  for (const problem of unsupported) say('unsupported', problem);
  return lines;
}

/** Tensors of one type and shape, in layers of one name, are one line. */
function kindsOf(tensors: readonly TensorSummary[], all: boolean): string[] {
  if (all)
    return tensors.map(
      ({ name, dtype, shape, bytes }) => `${dtype} [${shape.join(', ')}] ${name}, ${formatBytes(bytes)}`,
    );
  const kinds = new Map<string, { count: number; bytes: number }>();
  for (const { name, dtype, shape, bytes } of tensors) {
    const kind = `${dtype} [${shape.join(', ')}] ${name.replaceAll(/(?<=\.)\d+(?=\.)/g, '*')}`;
    const known = kinds.get(kind) ?? { count: 0, bytes: 0 };
    kinds.set(kind, { count: known.count + 1, bytes: known.bytes + bytes });
  }
  const lines = [...kinds].map(([kind, { count, bytes }]) => `${count} × ${kind}, ${formatBytes(bytes)}`);
  return lines.length > 40 ? [...lines.slice(0, 40), `… ${lines.length - 40} kinds more (--tensors)`] : lines;
}

function firstLines(template: string | undefined): string[] {
  if (template === undefined) return [];
  const lines = template.split('\n');
  const shown = lines.slice(0, 3).map((line) => (line.length > 100 ? `${line.slice(0, 100)}…` : line));
  const isWhole = lines.length <= 3 && lines.every((line) => line.length <= 100);
  return isWhole ? shown : [...shown, `(${template.length} characters; --template shows all)`];
}
