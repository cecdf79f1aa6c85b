import type { Command } from 'commander';
import type { Output } from '../terminal/output.js';
export function defineInspect(_program: Command, _output: Output): void {}
