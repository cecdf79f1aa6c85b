/** What a model is called in addresses, and where it then comes from. */
import { apiUrl } from '../store/ask.js';
import { isStatic } from '../store/site.js';
import { givenPrefix, givenSource } from './given-files.js';
import type { ModelSource } from './model-calls.js';

/** Models that a run trains, in the order in which it does. */
const trainedStages = ['pretrain', 'sft', 'rl'] as const;

/** The stages of a run with these files whose model is there. */
export const stagesIn = (keys: readonly string[]): string[] =>
  trainedStages.filter((stage) => keys.includes(`${stage}/model/latest.json`));

/** Before the name of one that was trained in this browser. */
export const keptPrefix = 'here:';

/** Before the name of one that the server computes. */
export const serverPrefix = 'server:';

/** Before a model that an experiment of the run left: `lab:tokens-to-think/steps-first`. */
export const labPrefix = 'lab:';

/** The models that experiments left among these files, by the names that addresses give them. */
export const labModelsIn = (keys: readonly string[], lesson: string): string[] =>
  keys.flatMap((key) => {
    const [, experiment, model] = /^lab\/([\w.-]+)\/([\w.-]+)\/model\/latest\.json$/.exec(key) ?? [];
    return experiment === lesson ? [`${labPrefix}${experiment}/${model}`] : [];
  });

/**
 * `sft` (of the run), `lab:EXPERIMENT/MODEL` (left by an experiment of the run), `here:NAME` (trained in
 * this browser), `server:NAME` (of `--model`), `file:NAME` (dropped on this page), `hf:owner/name`, or the
 * address of a GGUF file; undefined for anything else.
 */
export function sourceOf(
  name: string,
  run: { readonly id: string; readonly keys: readonly string[] } | undefined,
): ModelSource | undefined {
  if (name.startsWith(serverPrefix)) {
    const model = name.slice(serverPrefix.length);
    return model === '' || isStatic ? undefined : { kind: 'server', model };
  }
  if (name.startsWith(givenPrefix)) return givenSource(name);
  if (name.startsWith(keptPrefix)) return { kind: 'kept', name: name.slice(keptPrefix.length) };
  if (/^hf:[\w.-]+\/[\w.-]+/.test(name) || /^https?:\/\//.test(name)) return { kind: 'named', source: name };
  if (run === undefined) return undefined;
  if (name.startsWith(labPrefix)) return labSource(name, run);
  if (!stagesIn(run.keys).includes(name)) return undefined;
  return { kind: 'served', address: apiUrl(`runs/${run.id}/files`), keys: run.keys, stage: name };
}

function labSource(
  name: string,
  { id, keys }: { readonly id: string; readonly keys: readonly string[] },
): ModelSource | undefined {
  const [experiment = ''] = name.slice(labPrefix.length).split('/');
  if (!labModelsIn(keys, experiment).includes(name)) return undefined;
  const folder = `lab/${name.slice(labPrefix.length)}/model/`;
  return {
    kind: 'served',
    address: apiUrl(`runs/${id}/files/${folder.slice(0, -1)}`),
    keys: keys.filter((key) => key.startsWith(folder)).map((key) => key.slice(folder.length)),
  };
}
