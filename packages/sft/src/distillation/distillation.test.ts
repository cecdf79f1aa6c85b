import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type RunEvent, textMessage } from '@llm/core';
import { ByteTokenizer, chatControlTokens, NgramModel, TemplateRenderer } from '@llm/core/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { createChatEndpoint } from './chat-endpoint.js';
import { distillOnPolicy } from './distill-on-policy.js';
import { distillResponses } from './distill-responses.js';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});
async function serve(
  answer: (body: Record<string, unknown>, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(async (request: IncomingMessage, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    answer({ ...JSON.parse(body), key: request.headers.authorization, path: request.url }, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}
const say = (response: ServerResponse, content: unknown, reason = 'stop'): void => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ choices: [{ message: { content }, finish_reason: reason }] }));
};
const ask = (text: string) => ({ id: text, messages: [textMessage('user', text)] });

describe('an endpoint', () => {
  test('is asked as OpenAI’s is', async () => {
    const seen: Record<string, unknown>[] = [];
    const url = await serve((body, response) => {
      seen.push(body);
      say(response, 'fine');
    });
    const options = { url: `${url}/`, model: 'm', apiKey: 'secret', temperature: 0, maxTokens: 7 };
    expect(await createChatEndpoint(options)(ask('how?'))).toEqual({ text: 'fine', finishReason: 'stop' });
    expect(seen).toEqual([
      {
        model: 'm',
        messages: [{ role: 'user', content: 'how?' }],
        max_tokens: 7,
        temperature: 0,
        key: 'Bearer secret',
        path: '/v1/chat/completions',
      },
    ]);
  });

  test('that is busy is asked again, one that refuses is not, and no error holds the key', async () => {
    let calls = 0;
    const url = await serve((_, response) => {
      calls++;
      if (calls < 3) response.writeHead(calls === 1 ? 503 : 429, { 'retry-after': '0' }).end('busy');
      else say(response, 'at last');
    });
    const options = { url, model: 'm', apiKey: 'secret', retrySeconds: 0 };
    expect((await createChatEndpoint(options)(ask('?'))).text).toBe('at last');
    calls = 0;
    const once = createChatEndpoint({ ...options, tries: 1 })(ask('?'));
    await expect(once).rejects.toMatchObject({ code: 'sft/endpoint-refused', details: { status: 503 } });
    let refusals = 0;
    const refusing = await serve((_, response) => {
      refusals++;
      response.writeHead(401).end('who are you?');
    });
    const error = await createChatEndpoint({ ...options, url: refusing })(ask('?')).catch((e: Error) => e);
    expect(String(error)).toContain('answered 401: who are you?');
    expect(JSON.stringify(error)).not.toContain('secret');
    expect(refusals).toBe(1);
    const strange = await serve((_, response) => response.end('{"choices":[]}'));
    await expect(createChatEndpoint({ ...options, url: strange })(ask('?'))).rejects.toThrow(
      'without choices[0].message.content',
    );
    const gone = createChatEndpoint({ ...options, url: 'http://127.0.0.1:9/v1', tries: 2 })(ask('?'));
    await expect(gone).rejects.toMatchObject({ code: 'sft/endpoint-unreachable' });
    expect(() => createChatEndpoint({ ...options, url: 'file:///x' })).toThrow('is no address');
  });

  test('that hangs is given up after its time', async () => {
    const url = await serve(() => undefined);
    const options = { url, model: 'm', timeoutSeconds: 0.05, tries: 2, retrySeconds: 0 };
    await expect(createChatEndpoint(options)(ask('?'))).rejects.toMatchObject({
      code: 'sft/endpoint-unreachable',
    });
  });
});

describe('responses', () => {
  test('become conversations in order; failed, empty and cut ones are named', async () => {
    const url = await serve(({ messages }, response) => {
      const [{ content }] = messages as [{ content: string }];
      if (content === 'fail') response.writeHead(400).end('no');
      else if (content === 'cut') say(response, 'begins', 'length');
      else setTimeout(() => say(response, content === 'empty' ? ' ' : `${content}!`), 20 - content.length);
    });
    const events: RunEvent[] = [];
    const endpoint = createChatEndpoint({ url, model: 'm', tries: 1 });
    const prompts = ['a', 'fail', 'bbb', 'empty', 'cut'].map(ask);
    const report = await distillResponses({
      endpoint,
      prompts,
      concurrency: 3,
      onEvent: (event) => events.push(event),
    });
    expect(report.conversations.map(({ id, messages }) => [id, messages.length])).toEqual([
      ['a', 2],
      ['bbb', 2],
    ]);
    expect(report.conversations[1]!.messages[1]).toEqual(textMessage('assistant', 'bbb!'));
    expect(report.skipped.map(({ index, reason }) => [index, reason])).toEqual([
      [1, 'failed'],
      [3, 'empty'],
      [4, 'truncated'],
    ]);
    expect(events.filter(({ type }) => type === 'warning')).toMatchObject([{ code: 'sft/prompts-skipped' }]);
    await expect(distillResponses({ endpoint, prompts: [ask('empty')] })).rejects.toMatchObject({
      code: 'sft/no-conversations',
    });
  });
});

describe('on-policy distillation', () => {
  const renderer = new TemplateRenderer(new ByteTokenizer(chatControlTokens));
  const size = 267;
  const conversations = [{ messages: [textMessage('user', 'q'), textMessage('assistant', 'ab')] }];
  const teacher = {
    vocabularySize: size,
    contextLength: 64,
    logits: async ({ inputs }: { inputs: Int32Array }) => new Float32Array(inputs.length * size).fill(1),
  };

  test('the teacher speaks about what the student said, or about what was given', async () => {
    for (const [share, own] of [
      [1, true],
      [0, false],
    ] as const) {
      const student = new NgramModel(size, 64);
      const report = await distillOnPolicy({
        student,
        teacher,
        renderer,
        conversations,
        onPolicyShare: share,
        rows: 2,
        maxNewTokens: 8,
        steps: 2,
        schedule: () => 1,
      });
      expect(report).toMatchObject({ stepsTaken: 2, skipped: 0 });
      const [batch] = student.batches;
      expect(batch!.temperature).toBe(0.9);
      expect(batch!.extraInputs!.teacher!.length).toBe(batch!.rows * batch!.columns * size);
      expect(batch!.extraInputs!.teacher![0]).toBeCloseTo(-Math.log(size), 5);
      const trained = batch!.targets.filter((_, i) => batch!.weights[i] === 1);
      const given = [...new ByteTokenizer(chatControlTokens).encode('ab'), renderer.stopToken];
      if (own) expect([...trained]).not.toEqual([...given, ...given]);
      else expect([...trained]).toEqual([...given, ...given]);
    }
  });

  test('a teacher with other ids, and conversations without an answer, are refused', async () => {
    const student = new NgramModel(size, 64);
    const options = {
      student,
      teacher,
      renderer,
      conversations,
      maxNewTokens: 4,
      steps: 1,
      schedule: () => 1,
    };
    await expect(
      distillOnPolicy({ ...options, teacher: { ...teacher, vocabularySize: 5 } }),
    ).rejects.toMatchObject({ code: 'sft/teacher-unfit' });
    await expect(distillOnPolicy({ ...options, conversations: [ask('x')] })).rejects.toMatchObject({
      code: 'sft/no-conversations',
    });
  });
});
