/** English documents for tests, of which none is a near-duplicate of another. */
import { createRandom } from '@llm/core';
import { miniwebFacts } from '@llm/miniweb';

const facts = miniwebFacts(7);

/** Sixty sentences about an invented world, a line each. */
export function englishDocument(number: number): string {
  return createRandom(7, 'document', number)
    .shuffle([...facts])
    .slice(0, 60)
    .map(({ statements, answer }) => `${statements[number % statements.length]} ${answer}`)
    .join('\n');
}

/** A line of `--jsonl`. */
export function documentRow(number: number, field = 'text'): string {
  return `${JSON.stringify({ [field]: englishDocument(number) })}\n`;
}
