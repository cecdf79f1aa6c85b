import { ByteTokenizer, chatControlTokens, NgramModel, TemplateRenderer } from '@llm/core/testing';
import { evaluateChat, fineTune, readConversations } from '@llm/sft';

const renderer = new TemplateRenderer(new ByteTokenizer(chatControlTokens));
const model = new NgramModel(267, 64); // or createTransformer(...) from @llm/model
const { conversations } = await readConversations('{"instruction": "Say it.", "output": "abc"}');
const prompts = [{ conversation: { messages: conversations[0]!.messages.slice(0, 1) }, expected: 'abc' }];

await fineTune({ model, renderer, conversations, rows: 4, columns: 64, steps: 20, schedule: () => 30 });
export const report = await evaluateChat({ model, renderer, prompts });
// report.formatValid === 1, report.exactMatch === 1
