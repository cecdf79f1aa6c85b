/** An answer as messages of the OpenAI API, as votes keep it, and as the parts that are shown. */
import type { RolloutPart, VotedMessage } from '../wire/index.js';

/** Calls are numbered: the tool's answer follows its call. */
export function votedMessages(parts: readonly RolloutPart[]): VotedMessage[] {
  const messages: VotedMessage[] = [];
  let calls = 0;
  for (const { type, tool = '', text } of parts) {
    const last = messages.at(-1);
    if (type === 'tool-output') {
      messages.push({ role: 'tool', content: text, tool_call_id: `call-${calls}` });
      continue;
    }
    const isOpen = last?.role === 'assistant' && last.tool_calls === undefined;
    const said = isOpen ? last.content : '';
    if (isOpen) messages.pop();
    if (type === 'text') messages.push({ role: 'assistant', content: said + text });
    else
      messages.push({
        role: 'assistant',
        content: said,
        tool_calls: [{ id: `call-${++calls}`, type: 'function', function: { name: tool, arguments: text } }],
      });
  }
  return messages.length === 0 ? [{ role: 'assistant', content: '' }] : messages;
}

export function partsOfMessages(messages: readonly VotedMessage[]): RolloutPart[] {
  return messages.flatMap(({ role, content, tool_calls: calls = [] }): RolloutPart[] => [
    ...(content === '' ? [] : [{ type: role === 'tool' ? 'tool-output' : 'text', text: content } as const]),
    ...calls.map(({ function: { name, arguments: text } }) => ({
      type: 'tool-call' as const,
      tool: name,
      text,
    })),
  ]);
}
