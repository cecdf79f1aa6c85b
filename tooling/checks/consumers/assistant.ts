import { type Assistant, type ChatTool, createAssistant } from '@llm/assistant';
import { type LoadModelOptions, loadModel } from '@llm/assistant/node';
import { loadModel as loadInPage } from '@llm/assistant/web';

const options: LoadModelOptions = { dtype: 'q8', threads: 2, adapter: undefined };
const add: ChatTool = {
  name: 'add',
  parameters: { type: 'object', properties: { a: { type: 'number' } } },
  call: ({ a }: { a: number }) => a + 1,
};

export async function ask(source: string): Promise<string> {
  const assistant: Assistant = await loadModel(source, options);
  for await (const part of assistant.chat([{ role: 'user', content: 'Hi' }], { tools: [add] }))
    if (part.type === 'tool-call') return part.call.name;
  return assistant.text('Hi', { jsonSchema: true });
}

export const inPage = (source: string): Promise<Assistant> => loadInPage(source, { onPlan: () => true });
export const own = createAssistant;
