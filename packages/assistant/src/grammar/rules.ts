/** Shapes → rules of a grammar. Lists are rules that go on to themselves, made when they are reached. */
import { byteAutomaton } from './byte-automaton.js';
import { byteRange, choice, literal, repeat, sequence } from './expression.js';
import { type ArrayShape, type ObjectShape, type Shape, satisfiable } from './shape.js';
import { LiteralTerminal, type Terminal } from './terminal.js';

export type GrammarSymbol = Terminal | Rule;
export type Production = readonly GrammarSymbol[];

export class Rule {
  #productions: readonly Production[] | undefined;

  constructor(private readonly write: () => readonly Production[]) {}

  get productions(): readonly Production[] {
    this.#productions ??= this.write();
    return this.#productions;
  }
}

/**
 * Where JSON allows space, none, one, or a new line with an indent: a model that wants to may not write blanks
 * for ever.
 */
const indent = repeat(choice(byteRange(0x20, 0x20), byteRange(0x09, 0x09)), 0, 20);
const blank = byteAutomaton('blank', () => choice(literal(' '), sequence(literal('\n'), indent)));
const space = new Rule(() => [[], [blank]]);

/** Throws `assistant/schema-unsatisfiable`. */
export function rulesOf(root: Shape): GrammarSymbol {
  const possible = satisfiable(root);
  const made = new Map<Shape, GrammarSymbol>();
  const symbolOf = (shape: Shape): GrammarSymbol => {
    const known = made.get(shape);
    if (known !== undefined) return known;
    const symbol = shape.type === 'terminal' ? shape.terminal : new Rule(() => productionsOf(shape));
    made.set(shape, symbol);
    return symbol;
  };
  const productionsOf = (shape: Exclude<Shape, { readonly type: 'terminal' }>): readonly Production[] => {
    switch (shape.type) {
      case 'choice':
        return shape.of.filter((part) => possible.has(part)).map((part) => [symbolOf(part)]);
      case 'reference':
        return [[symbolOf(shape.target!)]];
      case 'object':
        return [[new LiteralTerminal('{'), membersOf(shape, possible, symbolOf)]];
      case 'array':
        return [[new LiteralTerminal('['), itemsOf(shape, possible, symbolOf)]];
    }
  };
  return symbolOf(root);
}

type SymbolOf = (shape: Shape) => GrammarSymbol;

const comma = new LiteralTerminal(',');

function membersOf(
  { properties, additional }: ObjectShape,
  possible: ReadonlySet<Shape>,
  symbolOf: SymbolOf,
): Rule {
  const usable = properties.filter(({ value }) => possible.has(value));
  const end = [space, new LiteralTerminal('}')];
  const others = additional !== undefined && possible.has(additional.value) ? additional : undefined;
  const made = new Map<number, Rule>();
  /** `hasOne`: a property stands before. */
  const from = (index: number, hasOne: boolean): Rule => {
    const number = index * 2 + Number(hasOne);
    const known = made.get(number);
    if (known !== undefined) return known;
    const separator = hasOne ? [comma, space] : [space];
    const rule = new Rule(() => {
      const property = usable[index];
      if (property === undefined)
        return others === undefined
          ? [end]
          : [
              end,
              [
                ...separator,
                others.key,
                new LiteralTerminal(':'),
                space,
                symbolOf(others.value),
                from(index, true),
              ],
            ];
      const key = new LiteralTerminal(`${JSON.stringify(property.name)}:`);
      const written = [...separator, key, space, symbolOf(property.value), from(index + 1, true)];
      return property.isRequired ? [written] : [written, [from(index + 1, hasOne)]];
    });
    made.set(number, rule);
    return rule;
  };
  return from(0, false);
}

function itemsOf(
  { prefix, items, minimum, maximum }: ArrayShape,
  possible: ReadonlySet<Shape>,
  symbolOf: SymbolOf,
): Rule {
  const end = [space, new LiteralTerminal(']')];
  // From here on counting changes nothing.
  const settled = Math.max(prefix.length, minimum, 1);
  const made = new Map<number, Rule>();
  const after = (count: number): Rule => {
    const known = made.get(count);
    if (known !== undefined) return known;
    const rule = new Rule(() => {
      const productions: Production[] = count >= minimum ? [end] : [];
      const item = count < prefix.length ? prefix[count] : items;
      if (count < maximum && item !== undefined && possible.has(item)) {
        const next = maximum === Number.POSITIVE_INFINITY ? Math.min(count + 1, settled) : count + 1;
        productions.push([...(count > 0 ? [comma, space] : [space]), symbolOf(item), after(next)]);
      }
      return productions;
    });
    made.set(count, rule);
    return rule;
  };
  return after(0);
}
