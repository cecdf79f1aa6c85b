/** What a conversation must be before it becomes ids. */
import { type Conversation, LlmError, type Message } from '@llm/core';

/** Throws `tokenizer/conversation-invalid`, naming the message and part. */
export function checkConversation({ id, messages }: Conversation): void {
  const fail = (index: number, problem: string): LlmError =>
    new LlmError({
      code: 'tokenizer/conversation-invalid',
      message: `Message ${index}${id === undefined ? '' : ` of conversation "${id}"`} ${problem}`,
      details: id === undefined ? { index } : { index, conversation: id },
    });
  const turns = messages[0]?.role === 'system' ? 1 : 0;
  for (const [index, message] of messages.entries()) {
    const expected = index < turns ? 'system' : (index - turns) % 2 === 0 ? 'user' : 'assistant';
    if (message.role !== expected) {
      throw fail(
        index,
        `has the role "${String(message.role)}" where "${expected}" belongs: an optional system message, then user and assistant in turn.`,
      );
    }
    const problem = misplacedPart(message);
    if (problem !== undefined) throw fail(index, problem);
  }
}

function misplacedPart({ role, parts }: Message): string | undefined {
  for (const [index, part] of parts.entries()) {
    if (part.type === 'text') {
      if (typeof part.text !== 'string') return `has a text part ${index} without text.`;
      continue;
    }
    if (part.type !== 'tool-call' && part.type !== 'tool-output') {
      return `has a part ${index} of unknown type "${String((part as { type: unknown }).type)}".`;
    }
    if (role !== 'assistant')
      return `is from ${role} and has a ${part.type} (part ${index}); only the assistant's may.`;
    if (part.type === 'tool-output') {
      if (!answersCall(parts, index))
        return `has a tool output (part ${index}) without a call right before it.`;
      continue;
    }
    if (part.tool === '' || part.tool.includes(' ')) {
      return `calls the tool ${JSON.stringify(part.tool)} (part ${index}); a tool's name is a word without spaces.`;
    }
  }
  return undefined;
}

/** Calls made together are followed by their outputs: at most as many. */
function answersCall(parts: Message['parts'], index: number): boolean {
  let at = index;
  while (parts[at - 1]?.type === 'tool-output') at--;
  const outputs = index - at + 1;
  let calls = 0;
  while (parts[at - 1 - calls]?.type === 'tool-call') calls++;
  return outputs <= calls;
}
