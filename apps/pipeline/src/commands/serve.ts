/** `llm serve`: models over the OpenAI API until a signal stops it. */
import type { Assistant } from '@llm/assistant';
import { serve } from '@llm/assistant/server/node';
import { LlmError } from '@llm/core';
import { findModel, type ModelFlags, openAssistant } from '../models/model-source.js';
import { describeError } from '../terminal/describe-error.js';
import type { Output } from '../terminal/output.js';
import { jsonLine, shownLine } from '../terminal/shown-text.js';
import { typed } from '../terminal/typed-command.js';

export interface ServeFlags extends Omit<ModelFlags, 'model'> {
  readonly model?: readonly string[] | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly token?: string | undefined;
  readonly allowedHost?: readonly string[] | undefined;
  readonly cors?: readonly string[] | undefined;
  readonly active?: number | undefined;
  readonly grace?: number | undefined;
  readonly json?: boolean | undefined;
  readonly verbose?: boolean | undefined;
}

export async function serveModels(flags: ServeFlags, output: Output): Promise<void> {
  const wanted = flags.model ?? [undefined];
  if (wanted.length > 1 && flags.adapter !== undefined)
    throw new LlmError({
      code: 'pipeline/flag-without-input',
      message: `--adapter belongs to one model, and ${wanted.length} are given. Merge it first: ${typed('export OUT --to safetensors --model SOURCE --adapter DIR')}`,
    });
  const assistants: Assistant[] = [];
  try {
    for (const model of wanted) {
      const found = await findModel({ ...flags, model });
      if (flags.json !== true) output.stderr.write(`loading ${shownLine(found.title)} …\n`);
      assistants.push(await openAssistant(found, { ...flags, model }));
    }
    const server = await serve({
      assistants,
      host: flags.host,
      port: flags.port,
      token: flags.token,
      allowedHosts: flags.allowedHost,
      allowedOrigins: flags.cors,
      limits: flags.active === undefined ? undefined : { active: flags.active },
      graceSeconds: flags.grace,
      stopOn: ['SIGINT', 'SIGTERM'],
      onError: (error, route) =>
        output.stderr.write(`${shownLine(route)}: ${describeError(error, flags.verbose === true)}\n`),
    });
    const models = assistants.map(({ name }) => name);
    if (flags.json === true)
      output.stdout.write(jsonLine({ url: server.url, models, token: flags.token !== undefined }));
    else output.stdout.write(ready(server.url, models, flags.token !== undefined));
    await server.stopped;
    if (flags.json !== true) output.stderr.write('stopped\n');
  } finally {
    for (const assistant of assistants) await assistant.dispose();
  }
}

function ready(url: string, models: readonly string[], hasToken: boolean): string {
  return [
    `${url}/v1 serves ${models.map(shownLine).join(', ')}${hasToken ? ' to who sends the token' : ''}; Ctrl-C stops it`,
    `  curl ${url}/v1/chat/completions -H 'Content-Type: application/json' ${hasToken ? "-H 'Authorization: Bearer TOKEN' " : ''}-d '{"model": ${JSON.stringify(shownLine(models[0]!))}, "messages": [{"role": "user", "content": "Hello"}]}'`,
    '',
  ].join('\n');
}
