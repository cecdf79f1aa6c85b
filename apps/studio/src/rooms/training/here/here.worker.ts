/** Trains in the page, on what computes it rightly and fastest, and keeps it in the browser's files. */
import { type ArtifactStore, LlmError } from '@llm/core';
import { OpfsStore } from '@llm/core/stores';
import type { Executor } from '@llm/graph';
import { muon, parameterCount, trainingMemory } from '@llm/model';
import { wasmChoice, webgpuChoice } from '../../../models/executors.js';
import { keptModels } from '../../../models/kept-models.js';
import type { LoggedEvent } from '../../../wire/index.js';
import { serveCalls } from '../../../workers/serve-calls.js';
import type { HereCalls } from './here-calls.js';
import { keptFile } from './kept-file.js';
import {
  createTraining,
  type Device,
  deleteTraining,
  keptNames,
  readTraining,
  trainOn,
} from './kept-training.js';
import { checkChoice } from './training-choice.js';
import { configOf, stepOperations } from './training-shape.js';
import { choosePlace, type Place, tryOn } from './trial.js';

/** So many milliseconds between two messages to the page: it draws no more often. */
const tellMilliseconds = 100;
/** What the browser and the runtime hold beside the model: measured, an empty session of WebAssembly. */
const runtimeBytes = 60e6;

let opened: Promise<ArtifactStore> | undefined;
const store = (): Promise<ArtifactStore> => (opened ??= OpfsStore.open(keptModels));

const longestTrial = 15;

interface Places {
  readonly place: Place;
  readonly executors: Readonly<Partial<Record<Device, Executor>>>;
}
let finding: Promise<Places> | undefined;
const places = (): Promise<Places> => (finding ??= findPlaces());

async function findPlaces(): Promise<Places> {
  const wasm = wasmChoice();
  const trial = await tryOn(wasm.executor);
  const gpu = await webgpuChoice();
  if (gpu === undefined)
    return { place: choosePlace({ ...wasm, trial }, undefined), executors: { wasm: wasm.executor } };
  const gpuTrial = await Promise.race([
    tryOn(gpu.executor).catch((error: unknown) =>
      error instanceof Error ? error.message.split('. ')[0]! : String(error),
    ),
    tooLong(),
  ]);
  return {
    place: choosePlace({ ...wasm, trial }, { ...gpu, trial: gpuTrial }),
    executors: {
      wasm: wasm.executor,
      ...(typeof gpuTrial === 'string' ? {} : { webgpu: gpu.executor }),
    },
  };
}

/** A GPU makes its shaders in seconds; one in software never ends. */
const tooLong = (): Promise<string> =>
  new Promise((resolve) =>
    setTimeout(
      () => resolve(`three small steps take more than ${longestTrial} s there`),
      longestTrial * 1000,
    ),
  );

serveCalls<HereCalls>({
  list: async () => keptNames(await store()),
  async plan(choice) {
    checkChoice(choice);
    const { place } = await places();
    const config = configOf(choice);
    const { rows, contextLength: columns } = choice;
    const memory = trainingMemory({ config, rows, columns, optimizer: muon() });
    return {
      parameters: parameterCount(config),
      memoryBytes: memory.weightBytes + memory.optimizerBytes + memory.stepBytes + runtimeBytes,
      secondsPerStep: stepOperations(config, rows, columns) / place.operationsPerSecond,
      place,
    };
  },
  async create({ name, text, choice }, { signal }) {
    const { device } = (await places()).place;
    await createTraining(await store(), name, text, { ...choice, device, createdAt: Date.now() }, signal);
    return undefined;
  },
  read: async ({ name }) => readTraining(await store(), name),
  async train({ name }, { say, signal }) {
    const kept = await store();
    const { executors } = await places();
    // Two tabs that write the same checkpoints would spoil them.
    return navigator.locks.request(`${keptModels}/${name}`, { ifAvailable: true }, async (lock) => {
      if (lock === null)
        throw new LlmError({
          code: 'studio/training-elsewhere',
          message: `“${name}” is being trained in another tab or window. Pause it there first.`,
        });
      const { choice } = await readTraining(kept, name);
      let waiting: LoggedEvent[] = [];
      let last = 0;
      const tell = (): void => {
        if (waiting.length > 0) say(waiting);
        waiting = [];
        last = performance.now();
      };
      const onEvent = (event: LoggedEvent): void => {
        waiting.push(event);
        if (performance.now() - last > tellMilliseconds) tell();
      };
      const executor = executors[choice.device] ?? executors.wasm!;
      if (executors[choice.device] === undefined)
        onEvent({
          ...{ type: 'warning', stage: 'here', at: 'here', time: Date.now(), code: 'studio/device-gone' },
          message:
            'It began on WebGPU, which is not there any more: it goes on in WebAssembly, and its last digits will differ.',
        });
      try {
        await trainOn(kept, name, { executor, signal, onEvent });
        return { isDone: true };
      } catch (error) {
        if (signal.aborted) return { isDone: false };
        throw error;
      } finally {
        tell();
      }
    });
  },
  async file({ name, form }, { transfer }) {
    const file = await keptFile(await store(), name, form);
    transfer(file.buffer as ArrayBuffer);
    return file;
  },
  async delete({ name }) {
    await deleteTraining(await store(), name);
    return undefined;
  },
});
