import type { Task } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { codeOf, codeReward, runTest } from './code-reward.js';

const say = (text: string) => [{ type: 'text', text } as const];
const task: Task = {
  id: 'double',
  prompt: { messages: [] },
  answer: '',
  metadata: {
    tests: ['if (double(2) !== 4) throw new Error("2")', 'if (double(-1) !== -2) throw new Error("-1")'],
  },
};

describe('codeReward', () => {
  test('right code earns 1, half-right code nothing or its share', async () => {
    const right = say('Here:\n```js\nconst double = (x) => 2 * x;\n```\nDone.');
    const half = say('```js\nfunction double(x) { return Math.abs(2 * x); }\n```');
    expect(await codeReward()(task, right)).toBe(1);
    expect(await codeReward()(task, half)).toBe(0);
    expect(await codeReward({ score: 'share' })(task, half)).toBe(0.5);
    expect(await codeReward()(task, say('I cannot.'))).toBe(0);
    expect(await codeReward()({ ...task, metadata: {} }, right)).toBe(0);
  });

  test('the last block is the answer, all of it where there is none', () => {
    expect(codeOf('```js\na\n```\nno:\n```\nb\n```')).toBe('b\n');
    expect(codeOf('x = 1')).toBe('x = 1');
  });
});

describe('what a program can do to us', () => {
  test.each([
    ['loops for ever', 'for (;;);', 'it took too long'],
    ['recurses for ever', 'const f = () => f() + 1; f()', 'InternalError'],
    ['takes all memory', 'const a = []; for (;;) a.push(new Array(1000).fill("x".repeat(100)))', ''],
    ['searches for ever', '/(a+)+$/.exec("a".repeat(60) + "b")', 'it took too long'],
    ['looks for files', 'require("fs").readFileSync("/etc/passwd")', 'ReferenceError'],
    ['imports', 'import("fs")', undefined],
    ['looks for the process', 'process.exit(1)', 'ReferenceError'],
    ['calls out', 'fetch("http://127.0.0.1")', 'ReferenceError'],
    ['waits', 'setTimeout(() => 1, 1e9)', 'ReferenceError'],
    ['is no program', 'function (', 'SyntaxError'],
    ['swallows its test', '/* ', 'SyntaxError'],
    ['throws nothing', 'throw undefined', 'undefined'],
  ])('%s', async (_, code, message) => {
    const outcome = await runTest(code, 'throw new Error("reached")', { seconds: 0.5, memoryBytes: 2 ** 22 });
    expect(outcome.passed).toBe(false);
    expect(outcome.message).toContain(message ?? 'reached');
    // The engine is as good as new.
    expect(await runTest('const x = 1', 'if (x !== 1) throw 0')).toEqual({ passed: true });
  });

  test('programs do not see each other', async () => {
    expect(await runTest('globalThis.left = 1; Object.prototype.evil = 1', '1')).toEqual({ passed: true });
    const clean = 'if (globalThis.left !== undefined || ({}).evil !== undefined) throw new Error("dirty")';
    expect(await runTest('', clean)).toEqual({ passed: true });
    await expect(runTest('', '', { seconds: 0 })).rejects.toThrow('seconds is 0');
  });
});
