/** Against answers recorded from llama.cpp's server and vLLM, and over HTTP against a server that fails. */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LanguageModel, RunEvent, Tool } from '@llm/core';
import { textMessage } from '@llm/core';
import { afterEach, describe, expect, test } from 'vitest';
import { letterModel, letterTasks, renderer, tokenizer } from '../fixtures/letter-tasks.js';
import { ScriptedModel } from '../fixtures/scripted-model.js';
import type { StepRollouts } from '../policy/step-rollouts.js';
import { trainPolicy } from '../policy/train-policy.js';
import { remoteAnswer } from './remote-answer.js';
import { createRemoteSampler } from './remote-sampler.js';
import { rollout } from './rollout.js';

// Slow: a policy practises over HTTP

interface Recorded {
  readonly usage: object;
  readonly choices: readonly [Record<string, unknown>];
}
const recorded = JSON.parse(
  readFileSync(new URL('../fixtures/remote-answers.json', import.meta.url), 'utf8'),
) as Record<string, Recorded>;
const vllm = recorded['vLLM 0.32']!;

describe('a recorded answer', () => {
  const rules = { maxNewTokens: 60, vocabularySize: 49_152, stopTokens: [2, 277] };
  test.each([
    ['llama.cpp', [47, 2], 'stop', -0.012768],
    ['vLLM 0.32', [169, 207, 243, 264, 4], 'length', -5.643983],
    ['vLLM 0.32, stopped', undefined, 'stop', -5.639188],
  ])('of %s has ids, log-probabilities and an end', (name, ids, stopReason, first) => {
    const answer = remoteAnswer(recorded[name], rules);
    if (typeof answer === 'string') throw new Error(answer);
    if (ids !== undefined) expect([...answer.ids]).toEqual(ids);
    expect(answer.stopReason).toBe(stopReason);
    expect(rules.stopTokens.includes(answer.ids.at(-1)!)).toBe(stopReason === 'stop');
    expect(answer.logProbabilities).toHaveLength(answer.ids.length);
    expect(answer.logProbabilities[0]).toBeCloseTo(first, 5);
  });

  test('ends where the policy’s answer ends, whatever the server stopped at', () => {
    const cut = remoteAnswer(vllm, { ...rules, stopTokens: [243] });
    expect(cut).toMatchObject({ ids: Int32Array.of(169, 207, 243), stopReason: 'stop' });
    expect(remoteAnswer(vllm, { ...rules, maxNewTokens: 2 })).toMatchObject({ stopReason: 'length' });
  });

  test.each<[string, object, string]>([
    ['ids', { token_ids: undefined }, 'no token_ids'],
    ['log-probabilities', { logprobs: null }, 'no logprobs'],
    ['as many', { token_ids: [1, 2] }, '2 ids and 5 log-probabilities'],
    ['whole ids', { token_ids: [11, 12, 13, 14, 1.5] }, 'token 4 is 1.5'],
    ['known ids', { token_ids: [11, 12, 13, 14, 50_000] }, 'token 4 is 50000'],
    ['numbers', { logprobs: { token_logprobs: [-1, '-1', -1, -1, -1] } }, 'token 1 is "-1"'],
    ['probabilities', { logprobs: { token_logprobs: [-1, -1, -1, -1, 2] } }, 'token 4 is 2'],
  ])('without %s is none', (_, changes, message) => {
    const [choice] = vllm.choices;
    expect(remoteAnswer({ ...vllm, choices: [{ ...choice, ...changes }] }, rules)).toContain(message);
    expect(remoteAnswer({ choices: [] }, rules)).toContain('no choices[0]');
    expect(remoteAnswer({ ...vllm, usage: { completion_tokens: 6 } }, rules)).toContain('is missing');
  });
});

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

interface Asked {
  readonly prompt: number[];
  readonly max_tokens: number;
  readonly stop_token_ids: number[];
  readonly seed: number;
}

/** In vLLM's form; `disturb` answers in its place by giving true. */
async function serve(
  model: LanguageModel,
  disturb: (response: ServerResponse, request: IncomingMessage, count: number) => boolean = () => false,
): Promise<string> {
  let count = 0;
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    if (disturb(response, request, count++)) return;
    const { prompt, max_tokens: maxNewTokens, stop_token_ids: stopTokens, seed } = JSON.parse(text) as Asked;
    const options = { maxNewTokens, stopTokens, seed };
    const [completion] = await model.generate([Int32Array.from(prompt)], options);
    const { ids, logProbabilities, stopReason } = completion!;
    const logprobs = { token_logprobs: [...logProbabilities] };
    const choice = { token_ids: [...ids], logprobs, finish_reason: stopReason };
    response.end(JSON.stringify({ choices: [choice], usage: { completion_tokens: ids.length } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}
const sizes = { model: 'letters', vocabularySize: tokenizer.vocabularySize, contextLength: 32 };
const quick = { retrySeconds: 0, tries: 2 };
const base = { renderer, reward: letterTasks.reward, maxNewTokens: 4 };

describe('over HTTP', () => {
  test('a policy learns from a server that is busy, breaks off and lies; what failed is counted', async () => {
    const policy = await letterModel();
    const url = await serve(policy, (response, _, count) => {
      if (count % 5 === 1) response.writeHead(503, { 'retry-after': '0' }).end('busy');
      else if (count % 7 === 2) response.destroy();
      else if (count % 11 === 3) response.end('{"choices":[{"text":"b"}]}');
      else return false;
      return true;
    });
    const metrics: Readonly<Record<string, number>>[] = [];
    const steps: StepRollouts[] = [];
    await trainPolicy({
      policy,
      renderer,
      tasks: letterTasks,
      sampler: createRemoteSampler({ ...sizes, ...quick, url, maximumFailures: 20 }),
      samplerVersion: () => policy.stepsTaken,
      importanceCorrection: {},
      steps: 8,
      promptsPerStep: 4,
      samplesPerPrompt: 8,
      maxNewTokens: 4,
      schedule: () => 20,
      onRollouts: (step) => void steps.push(step),
      onEvent: (event: RunEvent) => {
        if (event.type === 'metric') metrics.push(event.values);
      },
    });
    expect(metrics.at(-1)!.reward).toBeGreaterThan(metrics[0]!.reward! + 0.3);
    expect(metrics.at(-1)!['sampling/retries']).toBeGreaterThan(10);
    const failed = steps.flatMap(({ rollouts }) => rollouts.filter(({ ids }) => ids.length === 0));
    expect(failed.length).toBeGreaterThan(5);
    expect(failed.every(({ isScored, reward }) => isScored === false && reward === 0)).toBe(true);
    const shares = metrics.reduce((sum, each) => sum + each['sampling/failed']! * 32, 0);
    expect(shares).toBeCloseTo(failed.length, 6);
    // What failed has no advantage, and the lengths are of what came.
    for (const { rollouts, advantages } of steps)
      for (const [i, { ids }] of rollouts.entries()) if (ids.length === 0) expect(advantages[i]).toBe(0);
    for (const each of metrics) {
      expect(each['completions/mean_length']).toBeGreaterThan(1.5);
      expect(each['sampling/importance_sampling_ratio/max']).toBeCloseTo(1, 4);
    }
  });

  test('a server that is gone, hangs or tells no ids is given up, and nothing is trained on nothing', async () => {
    const tasks = letterTasks.train.slice(0, 2);
    const draw = (url: string, more: object = {}) =>
      rollout({
        ...base,
        tasks,
        model: createRemoteSampler({ ...sizes, ...quick, url, ...more }),
        samplesPerPrompt: 6,
      });
    await expect(draw('http://127.0.0.1:9/v1')).rejects.toMatchObject({ code: 'rl/endpoint-unreachable' });
    const model = await letterModel();
    const hanging = await serve(model, () => true);
    await expect(draw(hanging, { timeoutSeconds: 0.05 })).rejects.toThrow('gave no answer');
    const wordy = await serve(model, (response) => {
      response.end('{"choices":[{"text":"b"}]}');
      return true;
    });
    await expect(draw(wordy)).rejects.toMatchObject({ code: 'rl/endpoint-inexact' });
    await expect(draw(wordy, { maximumFailures: 100 })).rejects.toMatchObject({ code: 'rl/rollouts-empty' });
    const unknown = await serve(model, (response) => {
      response.writeHead(404).end('no model "letters"');
      return true;
    });
    await expect(draw(unknown)).rejects.toThrow('answered 404: no model "letters"');
  });

  test('a draw that is abandoned lets go of the server at once', async () => {
    const stop = new AbortController();
    let open = 0;
    const url = await serve(await letterModel(), (response) => {
      open++;
      response.on('close', () => open--);
      return true;
    });
    const model = createRemoteSampler({ ...sizes, url, concurrency: 3 });
    const drawing = rollout({ ...base, tasks: letterTasks.train, model, signal: stop.signal });
    await expect.poll(() => open).toBe(3);
    stop.abort(new Error('enough'));
    await expect(drawing).rejects.toThrow('enough');
    await expect.poll(() => open).toBe(0);
  });

  test('tools answer between rounds, and are not trained on', async () => {
    const control = (name: string): number => tokenizer.specialTokens.get(`<|${name}|>`)!;
    const call = [control('tool_call_start'), ...tokenizer.encode('count abc'), control('tool_call_end')];
    const end = [...tokenizer.encode('3'), renderer.stopToken];
    const isAnswered = (prompt: Int32Array) => prompt.includes(control('tool_call_end'));
    const script = (prompt: Int32Array) => (isAnswered(prompt) ? end : call);
    const url = await serve(new ScriptedModel(tokenizer.vocabularySize, script));
    const count: Tool = { name: 'count', call: (input) => `${input.length}` };
    const model = createRemoteSampler({ ...sizes, contextLength: 256, url });
    const task = { id: 't', prompt: { messages: [textMessage('user', 'how many?')] }, answer: '3' };
    const [answer] = await rollout({ ...base, maxNewTokens: 60, tasks: [task], tools: [count], model });
    expect(answer).toMatchObject({ reward: 1, toolCalls: 1, wellFormed: true });
    const output = [...renderer.renderToolOutput('3')];
    expect([...answer!.ids].filter((_, i) => answer!.mask[i] === 0)).toEqual(output);
  });

  test('what an endpoint cannot do is refused by name', async () => {
    const model = createRemoteSampler({ ...sizes, url: 'http://127.0.0.1:9/v1' });
    const prompts = [Int32Array.of(1)];
    for (const option of ['forceTokens', 'allowedTokens', 'onToken'] as const)
      await expect(model.generate(prompts, { maxNewTokens: 1, [option]: () => undefined })).rejects.toThrow(
        `${option} is given`,
      );
    expect(() => createRemoteSampler({ ...sizes, url: 'file:///x' })).toThrow('is no address');
    expect(() => createRemoteSampler({ ...sizes, url: 'http://x/v1', concurrency: 0 })).toThrow(
      'concurrency',
    );
  });
});
