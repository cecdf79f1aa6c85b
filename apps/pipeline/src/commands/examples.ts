/** The examples under a command's help, as they would be typed here. */
import { typed } from '../terminal/typed-command.js';

/** A command line and what it does. */
export type Examples = readonly (readonly [string, string])[];

export function examples(lines: Examples): string {
  const asTyped = lines.map(
    ([command, what]) => [command.replace(/(?<=^|\| )llm /, typed('')), what] as const,
  );
  const width = Math.max(...asTyped.map(([command]) => command.length));
  return `\nExamples:\n${asTyped.map(([command, what]) => `  ${command.padEnd(width)}  ${what}`).join('\n')}`;
}
