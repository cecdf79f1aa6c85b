/** An explanation as lines for a terminal. */
import { type Measure, type PageExplanation, passes } from '@llm/data';
import { diffLines } from 'diff';

const sign = { least: '≥', most: '≤', above: '>', below: '<' } as const;

/** `text`: characters of a text that are shown at most. */
export function explanationLines({ steps, ...page }: PageExplanation, text: number): string[] {
  const wide = Math.max(12, ...steps.flatMap(({ measures }) => measures.map(({ name }) => name.length)));
  const lines: string[] = [];
  for (const { step, verdict, reason, measures, seconds, afterDrop, change, found } of steps) {
    const said = {
      keep: 'keeps it',
      drop: `drops it: ${reason}`,
      'no-business': 'lets it by',
      'not-reached': 'not reached',
    };
    const would =
      afterDrop && (verdict === 'keep' || verdict === 'drop') ? ' (not reached; asked all the same)' : '';
    const time = verdict === 'keep' || verdict === 'drop' ? `  ${(seconds * 1000).toFixed(1)} ms` : '';
    lines.push(`${step}: ${said[verdict]}${would}${time}`);
    for (const [name, value] of Object.entries(found))
      if (value !== undefined && name !== 'blocks')
        lines.push(`    ${name.padEnd(wide)}  ${shortened(JSON.stringify(value), 120)}`);
    for (const measure of measures) lines.push(`  ${measureLine(measure, wide)}`);
    if (change !== undefined) lines.push(...changeLines(change.before, change.after, text));
  }
  return [...lines, '', ...verdictLines(page, text)];
}

export function measureLine(measure: Measure, wide: number): string {
  const { name, value, bound, threshold, option } = measure;
  const mark = passes(measure) ? ' ' : '✗';
  return `${mark} ${name.padEnd(wide)}  ${rounded(value).padStart(9)} ${sign[bound]} ${rounded(threshold)}${option === undefined ? '' : `  (${option})`}`;
}

export function rounded(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(4);
}

/** What a step did to the text: a diff of lines, or where nothing is left of it, the new text. */
function changeLines(before: string, after: string, most: number): string[] {
  const sizes = `  text: ${before.length} → ${after.length} characters`;
  const isMarkup = (one: string): boolean => one.trimStart().startsWith('<');
  const isNew =
    (isMarkup(before) && !isMarkup(after)) || after.length * 4 < before.length || before.length > 200_000;
  if (isNew) return [sizes, ...textLines(after, most).map((line) => `  | ${line}`)];
  const shown: string[] = [];
  for (const { value, added, removed } of diffLines(before, after)) {
    const part = value.replace(/\n$/, '').split('\n');
    if (added || removed) shown.push(...part.map((line) => `  ${added ? '+' : '-'} ${shortened(line, 400)}`));
    else if (part.length <= 2) shown.push(...part.map((line) => `    ${shortened(line, 120)}`));
    else
      shown.push(
        `    ${shortened(part[0]!, 120)}`,
        `    … ${part.length - 2} lines alike`,
        `    ${shortened(part.at(-1)!, 120)}`,
      );
  }
  return [sizes, ...shown];
}

function verdictLines(
  { verdict, step, reason, text }: Omit<PageExplanation, 'steps'>,
  most: number,
): string[] {
  const head =
    verdict === 'keep'
      ? 'passes every step, with this text:'
      : `dropped by ${step}: ${reason}. Its text there:`;
  return [head, ...textLines(text, most).map((line) => `  | ${line}`)];
}

function textLines(text: string, most: number): string[] {
  return shortened(text, most).split('\n');
}

function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)} … (${text.length - most} more characters)`;
}
