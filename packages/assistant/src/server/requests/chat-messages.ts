/** `messages` of a chat request. Text only: what else a part may be is refused by name. */
import { z } from 'zod';
import type { ChatMessage } from '../../assistant.js';
import { ignored, only, optional } from './fields.js';

const textPart = z.strictObject({ type: z.literal('text'), text: z.string() });

/** A text, or its parts joined. */
const content = z
  .unknown()
  .superRefine((value, context) => {
    const refuse = (message: string, path: PropertyKey[] = []): void =>
      context.addIssue({ code: 'custom', message, path });
    if (typeof value === 'string') return;
    if (!Array.isArray(value)) return refuse('must be a text, or a list of parts of type "text"');
    for (const [index, part] of value.entries()) {
      if (textPart.safeParse(part).success) continue;
      const type: unknown = (part as { type?: unknown } | null)?.type;
      return refuse(
        type === 'text'
          ? 'must be { type: "text", text: string }'
          : `parts of type ${JSON.stringify(type)} are not supported; only "text" is`,
        [index],
      );
    }
  })
  .transform((value) =>
    typeof value === 'string'
      ? value
      : (value as z.infer<typeof textPart>[]).map(({ text }) => text).join(''),
  );

const toolCall = z.strictObject({
  id: z.string(),
  type: z.literal('function'),
  function: z.strictObject({ name: z.string(), arguments: z.string(), parsed_arguments: ignored }),
  // Streams number their calls, and clients send them back so.
  index: ignored,
});

/** Chat formats have no place for the name of a speaker; of a tool the call tells it. */
const name = ignored;

export const chatMessage = z.discriminatedUnion(
  'role',
  [
    z.strictObject({ role: z.enum(['system', 'developer']), content, name }),
    z.strictObject({ role: z.literal('user'), content, name }),
    z.strictObject({
      role: z.literal('assistant'),
      content: optional(content),
      tool_calls: optional(z.array(toolCall)),
      name,
      // What clients make of our answers and send back. Thinking is not shown to the model again.
      reasoning_content: ignored,
      reasoning: ignored,
      annotations: ignored,
      parsed: ignored,
      refusal: only([], 'the model gives none'),
      audio: only([], 'the model gives none'),
      function_call: only([], 'use tool_calls'),
    }),
    z.strictObject({ role: z.literal('tool'), content, tool_call_id: z.string(), name }),
  ],
  { error: 'role must be "system", "developer", "user", "assistant" or "tool"' },
);

export function toChatMessage(message: z.infer<typeof chatMessage>): ChatMessage {
  switch (message.role) {
    case 'assistant':
      return {
        role: 'assistant',
        content: message.content,
        toolCalls: message.tool_calls?.map(({ id, function: called }) => ({
          id,
          name: called.name,
          arguments: called.arguments,
        })),
      };
    case 'tool':
      return { role: 'tool', toolCallId: message.tool_call_id, content: message.content };
    default:
      return { role: message.role === 'user' ? 'user' : 'system', content: message.content };
  }
}
