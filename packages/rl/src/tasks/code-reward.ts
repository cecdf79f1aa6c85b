/**
 * JavaScript that the policy wrote, run against tests in QuickJS inside WebAssembly: no file, no network, no
 * clock but its own, a limit of time and one of memory. What a program can do is compute, and be wrong. A
 * limit that is reached is a test that failed, not an error of the run.
 */
import type { Part, Task, TaskSet } from '@llm/core';
import { checkNumbers, messageText } from '@llm/core';
import type { QuickJSContext, QuickJSSyncVariant, QuickJSWASMModule } from 'quickjs-emscripten-core';

export interface CodeRewardOptions {
  /**
   * Of a task: programs that throw where the answer's code is wrong; they run after it, in the same scope.
   * Default: the task's `metadata.tests`, a list of texts.
   */
  readonly tests?: ((task: Task) => readonly string[]) | undefined;
  /** For the answer and one test together. Default 1. */
  readonly seconds?: number | undefined;
  /** Bytes that a program may hold. Default 64 MiB. */
  readonly memoryBytes?: number | undefined;
  /** The share of tests that pass, or 1 only where all do. Default `all`. */
  readonly score?: 'share' | 'all' | undefined;
}

/** How one test ended; `message` says why it failed. */
export interface TestOutcome {
  readonly passed: boolean;
  readonly message?: string | undefined;
}

let quickjs: Promise<QuickJSWASMModule> | undefined;

async function load(): Promise<QuickJSWASMModule> {
  const [{ newQuickJSWASMModuleFromVariant }, { default: variant }] = await Promise.all([
    import('quickjs-emscripten-core'),
    import('@jitl/quickjs-wasmfile-release-sync'),
  ]);
  // Its types are those of its CommonJS form, in which the default lies one deeper.
  return newQuickJSWASMModuleFromVariant(variant as unknown as QuickJSSyncVariant);
}

/** The last fenced block of an answer, or all of it where there is none. */
export function codeOf(text: string): string {
  return [...text.matchAll(/```[\w-]*\n([\s\S]*?)```/g)].at(-1)?.[1] ?? text;
}

/** Runs `code` and one test in a fresh engine. Throws `core/option-invalid`. */
export async function runTest(
  code: string,
  test: string,
  options: Pick<CodeRewardOptions, 'seconds' | 'memoryBytes'> = {},
): Promise<TestOutcome> {
  checkNumbers(options, { seconds: { above: 0 }, memoryBytes: { minimum: 2 ** 20, integer: true } });
  quickjs ??= load();
  const module = await quickjs;
  const runtime = module.newRuntime();
  runtime.setMemoryLimit(options.memoryBytes ?? 2 ** 26);
  runtime.setMaxStackSize(2 ** 18);
  const end = performance.now() + 1000 * (options.seconds ?? 1);
  runtime.setInterruptHandler(() => performance.now() > end);
  const context = runtime.newContext();
  try {
    // One after the other: an answer that ends in an open comment must not swallow its test.
    const failure = failureOf(context, code, 'answer.js') ?? failureOf(context, test, 'test.js');
    if (failure === undefined) return { passed: true };
    const { thrown } = failure;
    const { name = '', message } = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as Record<
      string,
      unknown
    >;
    const said = message === undefined ? String(thrown) : `${name}: ${message}`;
    return { passed: false, message: performance.now() > end ? 'it took too long' : said };
  } catch (error) {
    return { passed: false, message: error instanceof Error ? error.message : String(error) };
  } finally {
    // A program that ran out of memory may have left the engine unable to tidy up.
    try {
      context.dispose();
      runtime.dispose();
    } catch {
      quickjs = undefined;
    }
  }
}

/** What a program threw; undefined where it came to its end. */
function failureOf(
  context: QuickJSContext,
  code: string,
  file: string,
): { readonly thrown: unknown } | undefined {
  const result = context.evalCode(code, file, { strict: false, type: 'global' });
  if (result.error === undefined) {
    result.value.dispose();
    return undefined;
  }
  const thrown: unknown = context.dump(result.error);
  result.error.dispose();
  return { thrown };
}

/** A task set's `reward`: no test passes for a task without tests. Throws `core/option-invalid`. */
export function codeReward(options: CodeRewardOptions = {}): TaskSet['reward'] {
  checkNumbers(options, { seconds: { above: 0 }, memoryBytes: { minimum: 2 ** 20, integer: true } });
  const { score = 'all' } = options;
  const testsOf =
    options.tests ??
    (({ metadata }: Task): readonly string[] =>
      Array.isArray(metadata?.tests) ? (metadata.tests as string[]) : []);
  return async function code(task: Task, completion: readonly Part[]): Promise<number> {
    const written = codeOf(messageText(completion));
    const tests = testsOf(task);
    let passed = 0;
    for (const test of tests) {
      if ((await runTest(written, test, options)).passed) passed++;
      else if (score === 'all') return 0;
    }
    return tests.length === 0 ? 0 : passed / tests.length;
  };
}
