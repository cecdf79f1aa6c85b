// Names the test files that take more than ten seconds, and why: the reason stands in the file as a line `// Slow: …`.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const limitMilliseconds = 10_000;

export class SlowFiles {
  onTestModuleEnd(module) {
    const { duration } = module.diagnostic();
    if (duration < limitMilliseconds) return;
    const reason = /^\/\/ Slow: (.*)$/m.exec(readFileSync(module.moduleId, 'utf8'))?.[1];
    const file = relative(process.cwd(), module.moduleId);
    process.stdout.write(`SLOW: ${file} ${(duration / 1000).toFixed(0)} s: ${reason ?? 'no reason given'}\n`);
  }
}
