/**
 * A Jinja chat template that ends: `@huggingface/jinja` reads and runs it, and every step, text and list on
 * the way is counted, because a template comes with a model from anywhere. Transformers runs templates in
 * Jinja's sandbox, whose limit of `range` is ours.
 */
import { LlmError } from '@llm/core';
import { markMessages, markVariable, type TemplateNode } from './message-marks.js';
import { type DumpOptions, dumpPythonJson, numberOf, PythonNumber, type PythonValue } from './python-json.js';

/**
 * Steps: expressions and statements, passes of loops, and one for each `unitsPerStep` characters of a text.
 */
const mostSteps = 2_000_000;
/** Further steps for each character of what is rendered. */
const stepsPerCharacter = 20;
const unitsPerStep = 64;
/** Characters of a text, and entries of a list, at most. */
const longestText = 1 << 25;
const longestList = 1 << 20;
/** Of `range`, as MAX_RANGE of jinja2.sandbox. */
const longestRange = 100_000;

/** A value of the template's language, as the library has it. */
interface RuntimeValue {
  readonly type: string;
  readonly value: unknown;
}
type Make = new (value: unknown) => RuntimeValue;
interface Statement {
  readonly type: string;
}
interface Node extends Statement {
  readonly iterable?: Node;
  readonly lhs?: Node;
  readonly filter?: Node;
  readonly callee?: Node;
  readonly operand?: Node;
  readonly args?: readonly Node[];
  readonly key?: { readonly value: string };
  readonly value?: unknown;
}

/** What is used of the library, whose own types do not resolve. */
interface Environment {
  set(name: string, value: unknown): RuntimeValue;
  setVariable(name: string, value: RuntimeValue): void;
}
interface Interpreter {
  run(program: unknown): RuntimeValue;
  evaluate(statement: Node | undefined, environment: Environment): RuntimeValue;
}
interface Jinja {
  readonly Environment: new () => Environment;
  readonly Interpreter: new (environment: Environment) => Interpreter;
  tokenize(
    source: string,
    options: { readonly lstrip_blocks: boolean; readonly trim_blocks: boolean },
  ): unknown;
  parse(tokens: unknown): TemplateNode;
}

/** Values of the variables: JSON, `Map`s for objects in an order, `PythonNumber`s. */
type RenderTemplate = (variables: Readonly<Record<string, unknown>>, size: number) => string;

export interface CompiledTemplate {
  readonly render: RenderTemplate;
  /** With `mark` before each message and behind the last; undefined where the template looks ahead. */
  readonly renderMarked: ((...given: [...Parameters<RenderTemplate>, mark: string]) => string) | undefined;
}

/** Throws `tokenizer/template-invalid` or `-unsafe`. */
export async function compileTemplate(source: string): Promise<CompiledTemplate> {
  const jinja = (await import('@huggingface/jinja')) as unknown as Jinja;
  if (source.length > 1 << 20) throw unsafe('has more than a million characters');
  const parse = (): TemplateNode =>
    jinja.parse(jinja.tokenize(source, { lstrip_blocks: true, trim_blocks: true }));
  const kinds = valueKinds(new jinja.Environment());
  const BoundedInterpreter = bounded(jinja.Interpreter, kinds);
  const run = (program: TemplateNode, ...[variables, size]: Parameters<RenderTemplate>): string => {
    const environment = new jinja.Environment();
    for (const [name, value] of Object.entries({ ...constants, ...variables }))
      environment.setVariable(name, toRuntime(value, kinds));
    const functions: Record<string, (...parts: never[]) => unknown> = {
      raise_exception: raise,
      range,
      strftime_now: timeNow,
    };
    for (const [name, work] of Object.entries(functions)) environment.set(name, work);
    const interpreter = new BoundedInterpreter(environment, mostSteps + stepsPerCharacter * size);
    return String(interpreter.run(program).value);
  };
  const program = parse();
  const marked = parse();
  return {
    render: (variables, size) => run(program, variables, size),
    renderMarked: markMessages(marked)
      ? (variables, size, mark) => run(marked, { ...variables, [markVariable]: mark }, size)
      : undefined,
  };
}

const constants = { true: true, false: false, none: null, True: true, False: false, None: null };

function raise(problem: string): never {
  throw new Error(problem);
}

function range(first: number, second?: number, step = 1): number[] {
  const [start, stop] = second === undefined ? [0, first] : [first, second];
  if (step === 0) throw new Error('range() step must not be zero');
  const length = Math.max(0, Math.ceil((stop - start) / step));
  if (!(length <= longestRange)) throw unsafe(`asks for a range of ${length}; ${longestRange} is the most`);
  return Array.from({ length }, (_, i) => start + i * step);
}

/** `strftime` in the C locale. */
function timeNow(format: string): string {
  const now = new Date();
  const two = (value: number): string => String(value).padStart(2, '0');
  const month = 'January February March April May June July August September October November December'.split(
    ' ',
  )[now.getMonth()]!;
  const day = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ')[now.getDay()]!;
  const parts: Readonly<Record<string, string>> = {
    Y: String(now.getFullYear()),
    y: two(now.getFullYear() % 100),
    m: two(now.getMonth() + 1),
    d: two(now.getDate()),
    B: month,
    b: month.slice(0, 3),
    A: day,
    a: day.slice(0, 3),
    H: two(now.getHours()),
    I: two(now.getHours() % 12 || 12),
    p: now.getHours() < 12 ? 'AM' : 'PM',
    M: two(now.getMinutes()),
    S: two(now.getSeconds()),
    '%': '%',
  };
  return format.replace(/%([a-zA-Z%])/g, (whole, name: string) => parts[name] ?? whole);
}

interface Kinds {
  readonly integer: Make;
  readonly float: Make;
  readonly text: Make;
  readonly boolean: Make;
  readonly nothing: Make;
  readonly missing: Make;
  readonly list: Make;
  readonly object: Make;
}

/** The library's classes of values, which it does not export. */
function valueKinds(environment: Environment): Kinds {
  let count = 0;
  const kindOf = (value: unknown): Make => environment.set(`kind${count++}`, value).constructor as Make;
  return {
    integer: kindOf(1),
    float: kindOf(0.5),
    text: kindOf(''),
    boolean: kindOf(true),
    nothing: kindOf(null),
    missing: kindOf(undefined),
    list: kindOf([]),
    object: kindOf({}),
  };
}

/** What Python would print of numbers that JavaScript does not have. */
const printed = new WeakMap<object, PythonNumber>();

function toRuntime(value: unknown, kinds: Kinds): RuntimeValue {
  if (typeof value === 'string') return new kinds.text(value);
  if (typeof value === 'boolean') return new kinds.boolean(value);
  if (value === null) return new kinds.nothing(null);
  if (value === undefined) return new kinds.missing(undefined);
  if (typeof value === 'number') return toRuntime(numberOf(value), kinds);
  if (value instanceof PythonNumber) {
    const number = new (value.isInteger ? kinds.integer : kinds.float)(value.value);
    printed.set(number, value);
    Object.defineProperty(number, 'toString', { value: () => value.text });
    return number;
  }
  if (Array.isArray(value)) return new kinds.list(value.map((item) => toRuntime(item, kinds)));
  const entries =
    value instanceof Map ? [...(value as Map<string, unknown>)] : Object.entries(value as object);
  return new kinds.object(new Map(entries.map(([key, item]) => [key, toRuntime(item, kinds)])));
}

function toPython(value: RuntimeValue): PythonValue {
  const number = printed.get(value);
  if (number !== undefined) return number;
  const inner = value.value;
  if (typeof inner === 'number')
    return value.type === 'FloatValue' && Number.isInteger(inner)
      ? new PythonNumber(inner, `${inner}.0`, false)
      : numberOf(inner);
  if (typeof inner === 'string' || typeof inner === 'boolean') return inner;
  if (inner === null || inner === undefined) return null;
  if (Array.isArray(inner)) return (inner as RuntimeValue[]).map(toPython);
  if (inner instanceof Map)
    return new Map([...(inner as Map<string, RuntimeValue>)].map(([key, item]) => [key, toPython(item)]));
  throw new Error(`Cannot convert to JSON: ${value.type}`);
}

/** The library's interpreter with a limit; `tojson` is Python's. */
function bounded(
  base: Jinja['Interpreter'],
  kinds: Kinds,
): new (
  environment: Environment,
  limit: number,
) => Interpreter {
  return class extends base {
    #steps = 0;
    readonly #lists = new Set<unknown>();

    constructor(
      environment: Environment,
      readonly limit: number,
    ) {
      super(environment);
    }

    override evaluate(node: Node | undefined, environment: Environment): RuntimeValue {
      if (node?.type === 'For')
        this.#lists.add(node.iterable?.type === 'SelectExpression' ? node.iterable.lhs : node.iterable);
      const result = isToJson(node) ? this.#toJson(node, environment) : super.evaluate(node, environment);
      const value = (result as RuntimeValue | undefined)?.value;
      let cost = 1;
      if (typeof value === 'string') {
        if (value.length > longestText) throw unsafe(`makes a text of more than ${longestText} characters`);
        cost += value.length / unitsPerStep;
      } else if (Array.isArray(value) && value.length > longestList)
        throw unsafe(`makes a list of more than ${longestList} entries`);
      if (this.#lists.has(node))
        cost += Array.isArray(value) ? value.length * 8 : value instanceof Map ? value.size * 8 : 0;
      this.#steps += cost;
      if (this.#steps > this.limit) throw unsafe(`takes more than ${this.limit} steps`);
      return result;
    }

    #toJson(node: Node, environment: Environment): RuntimeValue {
      const evaluate = (part: unknown): RuntimeValue => this.evaluate(part as Node, environment);
      const given: Record<string, unknown> = {};
      const names = ['ensure_ascii', 'indent', 'separators', 'sort_keys'];
      for (const argument of node.filter!.args ?? []) {
        const isNamed = argument.type === 'KeywordArgumentExpression';
        const name = isNamed ? argument.key!.value : names[Object.keys(given).length]!;
        given[name] = toPython(evaluate(isNamed ? argument.value : argument));
      }
      const { indent, separators } = given;
      const options: DumpOptions = {
        ensureAscii: given.ensure_ascii === true,
        sortKeys: given.sort_keys === true,
        indent:
          indent instanceof PythonNumber
            ? Math.min(indent.value, 1000)
            : typeof indent === 'string'
              ? indent
              : undefined,
        separators: Array.isArray(separators) ? [String(separators[0]), String(separators[1])] : undefined,
      };
      return new kinds.text(dumpPythonJson(toPython(evaluate(node.operand)), options));
    }
  };
}

function isToJson(node: Node | undefined): node is Node {
  if (node?.type !== 'FilterExpression') return false;
  const { filter } = node;
  const name = filter?.type === 'CallExpression' ? filter.callee : filter;
  return name?.type === 'Identifier' && name.value === 'tojson';
}

function unsafe(problem: string): LlmError {
  return new LlmError({
    code: 'tokenizer/template-unsafe',
    message: `The chat template ${problem}, so it is not run to its end; use a template without such loops.`,
  });
}
