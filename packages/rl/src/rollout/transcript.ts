/** A task and an answer as readable text, for samples in events and reports. */
import type { Part, Task } from '@llm/core';
import { messageText } from '@llm/core';

export function transcript(task: Task, completion: readonly Part[]): string {
  const question = task.prompt.messages.map(({ role, parts }) => `${role}: ${messageText(parts)}`);
  return [...question, `assistant: ${completion.map(partText).join('')}`].join('\n');
}

function partText(part: Part): string {
  if (part.type === 'text') return part.text;
  return part.type === 'tool-call' ? `[${part.tool}: ${part.input}]` : `[→ ${part.text}]`;
}
