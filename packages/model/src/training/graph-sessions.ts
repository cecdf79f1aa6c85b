/**
 * The compiled graphs of one model, each made when it is first asked for and kept. All read and write the
 * model's memory: what a graph carries on is its own business, every other parameter is read.
 */
import {
  createStatefulSession,
  type Executor,
  type Graph,
  type GraphSession,
  openSession,
  type StateBinding,
  type StatefulSession,
} from '@llm/graph';
import type { ModelState } from './model-state.js';

/** A graph, and which of its outputs become which of its inputs at the next run. */
export interface StatefulGraph {
  readonly graph: Graph;
  readonly state: readonly StateBinding[];
}

export class GraphSessions {
  readonly #sessions = new Map<string, Promise<StatefulSession>>();
  readonly #plain = new Map<string, Promise<GraphSession>>();

  constructor(
    private readonly executor: Executor,
    private readonly model: ModelState,
  ) {}

  /** The session of that name; `build` makes its graph when there is none yet. */
  open(name: string, build: () => StatefulGraph): Promise<StatefulSession> {
    return madeOnce(this.#sessions, name, () => this.#create(build));
  }

  /** The same of a graph that is fed everything it reads. */
  openPlain(name: string, build: () => Graph): Promise<GraphSession> {
    return madeOnce(this.#plain, name, async () => openSession(this.executor, build()));
  }

  async #create(build: () => StatefulGraph): Promise<StatefulSession> {
    const { graph, state } = build();
    const bound = new Set(state.map(({ input }) => input));
    const parameters = [...this.model.parameterNames, ...this.model.shareQuantized()];
    const used = new Set(graph.inputs.map(({ name }) => name));
    const read = parameters.filter((name) => used.has(name) && !bound.has(name));
    const frozen = [...this.model.frozenQuantized()].filter(([name]) => used.has(name));
    return createStatefulSession(this.executor, graph, [...state, ...read.map((input) => ({ input }))], {
      buffers: this.model.buffers,
      weights: new Map(frozen),
    });
  }

  async dispose(): Promise<void> {
    const sessions = [...this.#sessions.values(), ...this.#plain.values()];
    this.#sessions.clear();
    this.#plain.clear();
    for (const session of sessions) await (await session).dispose();
  }
}

function madeOnce<Session>(
  sessions: Map<string, Promise<Session>>,
  name: string,
  make: () => Promise<Session>,
): Promise<Session> {
  const known = sessions.get(name);
  if (known !== undefined) return known;
  const session = make();
  sessions.set(name, session);
  session.catch(() => sessions.delete(name));
  return session;
}
