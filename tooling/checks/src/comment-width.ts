/**
 * Comments wrap at 110 columns, like the code; a word that
 * is longer (an address) stands on a line of its own.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const width = 110;
const files = execFileSync('git', ['ls-files', '*.ts'], { encoding: 'utf8' }).trim().split('\n');
let wide = 0;
for (const file of files) {
  for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    const [, text] = /^\s*(?:\/\*\*?|\*|\/\/) ?(.*)$/.exec(line) ?? [];
    if (text === undefined || [...line].length <= width) continue;
    const words = text.replace(/`[^`]*`/g, 'code');
    if (/^\s/.test(text) || !/\S\s+\S/.test(words)) continue;
    wide++;
    console.error(`${file}:${index + 1}: ${[...line].length} columns`);
  }
}
console.log(`comments: ${files.length} files, ${wide} lines above ${width} columns`);
if (wide > 0) process.exitCode = 1;
