import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DirectoryStore } from '@llm/core/node';
import { resolveOptions } from '../../../../apps/pipeline/src/flags.js';
import { writeReport } from '../../../../apps/pipeline/src/report/write-report.js';
import {
  describeMyself,
  ownerText,
  parseOwner,
  stateOf,
} from '../../../../apps/pipeline/src/run/lock-owner.js';
import { readRunConfig } from '../../../../apps/pipeline/src/run/run-config.js';
import { checkArtifacts } from '../../../../apps/pipeline/src/run/stage-artifacts.js';
import { readStageState } from '../../../../apps/pipeline/src/run/stage-state.js';
import { writeFinishedRun } from '../../../../apps/pipeline/src/testing/finished-run.js';
import { bytesOf, type FuzzTarget, textOf } from '../fuzz-target.js';
import { scratchFolder, writeFiles } from '../in-folder.js';

const folder = scratchFolder('run');
await writeFinishedRun(folder);
const run = Object.fromEntries(
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.jsonl?$/.test(name))
    .map((name) => [name, readFileSync(join(folder, name))]),
);

const mine = describeMyself();

export const runTargets: readonly FuzzTarget[] = [
  {
    name: 'run directory',
    seeds: run,
    run: async (bytes, file) => {
      writeFiles(folder, { ...run, [file]: bytes });
      const options = readRunConfig(folder);
      if (options !== undefined) resolveOptions({}, options);
      const store = new DirectoryStore(folder);
      for (const stage of ['data', 'tokenizer', 'pretrain', 'sft', 'rl', 'control']) {
        const state = await readStageState(store, stage);
        if (state !== undefined) await checkArtifacts(store, folder, state);
      }
      await writeReport(folder);
    },
  },
  {
    name: 'run lock',
    seeds: { 'run.lock': bytesOf(ownerText(mine)) },
    run: (bytes) => {
      const owner = parseOwner(textOf(bytes));
      if (owner !== undefined) stateOf(owner, mine);
    },
  },
];
