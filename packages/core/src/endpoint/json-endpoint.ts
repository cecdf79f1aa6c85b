/**
 * One address of an OpenAI-compatible server, asked with JSON: a teacher, a judge, a sampler. Answers of 429
 * and 5xx and broken connections are tried again, twice as late each time, or when the server says.
 */
import { LlmError, throwIfAborted } from '../errors.js';
import { checkNumbers } from '../options/check-option.js';

export interface JsonEndpointOptions {
  /** Up to `/v1`: `http://localhost:8000/v1`. */
  readonly url: string;
  /** Sent as `Authorization: Bearer`; no error holds it. */
  readonly apiKey?: string | undefined;
  /** Of one try. Default 120. */
  readonly timeoutSeconds?: number | undefined;
  /** Tries of one answer. Default 4. */
  readonly tries?: number | undefined;
  /** Before the second try, twice as long before each further one, at most 60. Default 1. */
  readonly retrySeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface JsonEndpointPlace {
  /** After the address: `chat/completions`. */
  readonly path: string;
  /** What codes of errors begin with: `sft`. */
  readonly stage: string;
  /** Told of each try that failed and is made again. */
  readonly onRetry?: ((problem: LlmError) => void) | undefined;
}

export interface JsonEndpoint {
  /** For messages. */
  readonly address: string;
  /** The answer, parsed. `signal` beside that of the options. */
  ask(body: object, signal?: AbortSignal): Promise<unknown>;
}

/** Larger answers are not read to their end. */
const largestAnswer = 2 ** 26;

/**
 * Throws `core/option-invalid`, `STAGE/endpoint-invalid` for an address that is none; `ask` rejects with
 * `STAGE/endpoint-refused` (status and what the server says, or an answer that is no JSON) or
 * `STAGE/endpoint-unreachable`, and with the reason of a signal.
 */
export function createJsonEndpoint(
  options: JsonEndpointOptions,
  { path, stage, onRetry }: JsonEndpointPlace,
): JsonEndpoint {
  checkNumbers(options, {
    timeoutSeconds: { above: 0 },
    tries: { minimum: 1, integer: true },
    retrySeconds: { minimum: 0 },
  });
  const { url, apiKey, timeoutSeconds = 120, tries = 4, retrySeconds = 1 } = options;
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new LlmError({
      code: `${stage}/endpoint-invalid`,
      message: `"${url}" is no address of an endpoint; it looks like http://localhost:8000/v1.`,
    });
  const address = `${url.replace(/\/+$/, '')}/${path}`;
  const headers = {
    'content-type': 'application/json',
    ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
  };
  const refused = (message: string, details: { status: number }): LlmError =>
    new LlmError({ code: `${stage}/endpoint-refused`, message: `${address} answered ${message}`, details });

  const attempt = async (body: string, signals: readonly AbortSignal[]): Promise<Attempt> => {
    try {
      const signal = AbortSignal.any([AbortSignal.timeout(timeoutSeconds * 1000), ...signals]);
      const response = await fetch(address, { method: 'POST', headers, body, signal });
      const { status } = response;
      const text = await limitedText(response);
      if (text === undefined)
        return { problem: refused(`more than ${largestAnswer} bytes`, { status }), isFinal: true };
      if (response.ok) {
        try {
          return { value: JSON.parse(text) as unknown };
        } catch {
          return { problem: refused(`no JSON: ${text.slice(0, 200)}`, { status }), isFinal: true };
        }
      }
      const wanted = Number(response.headers.get('retry-after') ?? Number.NaN);
      return {
        problem: refused(`${status}: ${text.slice(0, 200)}`, { status }),
        isFinal: status !== 429 && status < 500,
        ...(Number.isFinite(wanted) && { pause: wanted }),
      };
    } catch (cause) {
      for (const signal of signals) throwIfAborted(signal);
      return {
        problem: new LlmError({
          code: `${stage}/endpoint-unreachable`,
          message: `${address} gave no answer: ${cause instanceof Error ? cause.message : String(cause)}`,
          cause,
        }),
        isFinal: false,
      };
    }
  };

  return {
    address,
    async ask(body, signal) {
      const signals = [options.signal, signal].filter((each) => each !== undefined);
      const text = JSON.stringify(body);
      for (let tried = 1; ; tried++) {
        for (const each of signals) throwIfAborted(each);
        const outcome = await attempt(text, signals);
        if ('value' in outcome) return outcome.value;
        if (outcome.isFinal || tried >= tries) throw outcome.problem;
        onRetry?.(outcome.problem);
        const pause = outcome.pause ?? retrySeconds * 2 ** (tried - 1);
        await elapsed(Math.min(60, Math.max(0, pause)), signals);
      }
    },
  };
}

type Attempt =
  | { readonly value: unknown }
  | { readonly problem: LlmError; readonly isFinal: boolean; readonly pause?: number | undefined };

/** Undefined where it is too long. */
async function limitedText(response: Response): Promise<string | undefined> {
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  let text = '';
  for (let size = 0; ; ) {
    const { done = true, value } = (await reader?.read()) ?? {};
    if (done || value === undefined) return text + decoder.decode();
    size += value.length;
    if (size > largestAnswer) {
      await reader!.cancel().catch(() => undefined);
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** Rejects with the reason of a signal at once. */
async function elapsed(seconds: number, signals: readonly AbortSignal[]): Promise<void> {
  const any = AbortSignal.any([...signals]);
  await new Promise<void>((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(any.reason);
    };
    const timer = setTimeout(() => {
      any.removeEventListener('abort', abort);
      resolve();
    }, seconds * 1000);
    if (any.aborted) abort();
    else any.addEventListener('abort', abort, { once: true });
  });
}
