import { add, Graph } from '@llm/graph';
import { createNodeExecutor } from '@llm/graph/node';
import { expect, test } from 'vitest';
import { architectureOf } from '../architecture/architecture.js';
import { createModelConfig } from '../config/create-model-config.js';
import { adamW } from '../optimizers/adamw.js';
import { initialParameters } from '../weights/initial-parameters.js';
import { headName } from '../weights/parameter-names.js';
import { GraphSessions, type StatefulGraph } from './graph-sessions.js';
import { ModelState } from './model-state.js';

const config = createModelConfig({ vocabularySize: 4, contextLength: 4, depth: 1, width: 8, heads: 1 });
const parameters = initialParameters(config, 1);

/** Reads every parameter, adds one to the head. */
function growing(state: ModelState): StatefulGraph {
  const graph = new Graph();
  for (const name of state.parameterNames) graph.input(name, 'float32', parameters.get(name)!.shape);
  const head = graph.inputs.find(({ name }) => name === headName)!;
  graph.output('next', add(head, 1));
  return { graph, state: [{ input: headName, output: 'next' }] };
}

test('a graph is built once a name, its sessions share the parameters, and a failed one is built again', async () => {
  const state = new ModelState(architectureOf(config), adamW(), parameters, 0);
  const sessions = new GraphSessions(createNodeExecutor({ threads: 1 }), state);
  let built = 0;
  const build = (): StatefulGraph => {
    built++;
    return growing(state);
  };
  const [first, again] = await Promise.all([sessions.open('a', build), sessions.open('a', build)]);
  expect(again).toBe(first);
  await first.step({});
  await (await sessions.open('b', build)).step({});
  expect(built).toBe(2);
  const { data } = (await state.mergedParameters()).get(headName)!;
  expect(data[0]).toBeCloseTo(parameters.get(headName)!.data[0]! + 2, 6);

  const broken = (): never => {
    throw new Error('no graph');
  };
  await expect(sessions.open('c', broken)).rejects.toThrow('no graph');
  await (await sessions.open('c', build)).step({});
  expect(built).toBe(3);
  await sessions.dispose();
});
