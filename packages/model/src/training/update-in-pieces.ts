/**
 * The optimizer's update, written where parameters and state are, a piece of a parameter at a time: what the
 * runtime makes of a piece stays in the processor's cache and its memory is used again, where an update of
 * everything in one graph holds the old and the new of parameters and state, and each operator walks over
 * memory. The numbers are the same to the bit. Left out: devices, where state stays and a launch has its
 * price.
 */
import { Graph, type GraphSession, type HostTensor, type StateBuffers } from '@llm/graph';
import type { Architecture } from '../architecture/architecture.js';
import { type Feeds, float32 } from '../architecture/host-tensors.js';
import { type Optimizer, stateName } from '../optimizers/optimizer.js';
import type { ParameterLayout, ParameterLayouts, ParameterRole } from '../weights/parameter-layout.js';
import type { GraphSessions } from './graph-sessions.js';
import type { MemoryOption } from './memory.js';
import { updateScalars } from './training-graph.js';

/** Numbers of a piece. */
export const defaultPiece = 2 ** 19;

/**
 * Trained numbers from which this is done. A step takes a seventh longer
 * for 40 % less memory (134 M numbers), so by itself only where the copies
 * of one graph, three numbers each, would take more than a gibibyte.
 */
const leastTrained = { compact: 2 ** 23, byItself: Math.ceil(2 ** 30 / 12) };

/** Numbers of a piece, or undefined where the whole step is one graph; never for `fast`, nor on a device. */
export function pieceFor(
  trained: Architecture['trained'],
  memory: MemoryOption | undefined,
  isDevice: boolean,
): number | undefined {
  let count = 0;
  for (const { shape } of trained.values()) count += sizeOf(shape);
  const least = memory === undefined ? leastTrained.byItself : leastTrained.compact;
  return isDevice || memory === 'fast' || count < least ? undefined : defaultPiece;
}

/** What is updated in pieces, if there are any, and what only as a whole. */
export function splitByUpdate(
  { trained }: Architecture,
  { isElementwise }: Optimizer,
  piece: number | undefined,
): { inPieces: ParameterLayouts; whole: ParameterLayouts } {
  const isSplit = (layout: ParameterLayout): boolean =>
    piece !== undefined && isElementwise?.(layout) === true;
  return {
    inPieces: new Map([...trained].filter(([, layout]) => isSplit(layout))),
    whole: new Map([...trained].filter(([, layout]) => !isSplit(layout))),
  };
}

export interface PiecewiseUpdate {
  readonly sessions: GraphSessions;
  readonly buffers: StateBuffers;
  readonly optimizer: Optimizer;
  readonly piece: number;
  /** The scalars of the step and the norm of its gradients. */
  readonly feeds: Feeds;
}

/** `gradients` by parameter; those of `layouts` only are read. */
export async function updateInPieces(
  { sessions, buffers, optimizer, piece, feeds }: PiecewiseUpdate,
  layouts: ParameterLayouts,
  gradients: (parameter: string) => HostTensor,
): Promise<void> {
  for (const [name, layout] of layouts) {
    const { role, shape } = layout;
    const session = await sessions.openPlain(`update ${role}`, () => pieceGraph(optimizer, role));
    const written = new Map([['parameter', buffers.current(name)]]);
    for (const [suffix, like] of Object.entries(optimizer.stateShapes(name, layout))) {
      const state = stateName(name, suffix);
      buffers.declare(state, { type: 'float32', shape: like });
      written.set(suffix, buffers.current(state));
    }
    await updateParameter(session, { written, gradient: gradients(name), feeds, piece, size: sizeOf(shape) });
  }
}

interface ParameterPieces {
  /** By its name in the graph of a piece. */
  readonly written: ReadonlyMap<string, HostTensor>;
  readonly gradient: HostTensor;
  readonly feeds: Feeds;
  readonly piece: number;
  readonly size: number;
}

async function updateParameter(
  session: GraphSession,
  { written, gradient, feeds, piece, size }: ParameterPieces,
): Promise<void> {
  for (let start = 0; start < size; start += piece) {
    const part = ({ data }: HostTensor): Float32Array =>
      (data as Float32Array).subarray(start, start + piece);
    const inputs: Record<string, HostTensor> = { ...feeds, gradient: float32(part(gradient)) };
    for (const [input, tensor] of written) inputs[input] = float32(part(tensor));
    const next = await session.run(inputs);
    for (const [input, tensor] of written) part(tensor).set(next[nextName(input)]!.data as Float32Array);
  }
}

const nextName = (input: string): string => `next.${input}`;

/** Of any length: one graph for all parameters of a role. */
function pieceGraph(optimizer: Optimizer, role: ParameterRole): Graph {
  const graph = new Graph();
  const vector = (name: string) => graph.input(name, 'float32', ['n']);
  const layout = { shape: [1], role, deviation: 0 };
  const state = Object.fromEntries(
    Object.keys(optimizer.stateShapes('', layout)).map((suffix) => [suffix, vector(suffix)]),
  );
  const build = updateScalars(graph, optimizer);
  const next = optimizer.update(build, '', layout, vector('parameter'), vector('gradient'), state);
  graph.output(nextName('parameter'), next.parameter);
  for (const [suffix, tensor] of Object.entries(next.state)) graph.output(nextName(suffix), tensor);
  return graph;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
