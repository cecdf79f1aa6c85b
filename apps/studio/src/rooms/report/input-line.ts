/** What a run was given, in a sentence. */
import type { JsonValue } from '@llm/core';
import { formatCount } from '../../components/format.js';

export function inputLine(options: JsonValue): string {
  const { preset, seed, threads, input, conversations } = fields(options);
  const given = fields(input);
  const files = Array.isArray(given.files) ? given.files.length : 0;
  const what =
    given.kind === 'miniweb'
      ? `the invented web, ${formatCount(Number(given.pages))} pages`
      : given.kind === 'captures'
        ? `pages of ${String(given.domain ?? 'given addresses')} in ${String(given.crawl)}`
        : files > 0
          ? `${formatCount(files)} of your files`
          : 'input that its options do not name';
  const own = Array.isArray(conversations) ? conversations.length : 0;
  const talks = own === 0 ? '' : `, conversations from ${formatCount(own)} of your files`;
  return `Preset ${String(preset)} on ${what}${talks}; seed ${String(seed)}, ${String(threads)} threads.`;
}

function fields(value: JsonValue | undefined): Readonly<Record<string, JsonValue>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, JsonValue>>)
    : {};
}
