import { nearest } from '../suggest';
import { templateFunctions } from './functions';
import type { CallNode, CommandNode, OperandNode, PipeNode } from './nodes';
import { spell } from './nodes';
import { GoDuration } from './go-duration';
import { isTrue, kindOf, mapValue, NO_VALUE, typeName } from './values';

/** What a name means where the execution is; the last variable of a name counts. */
export interface Scope {
  dot: unknown;
  variables: [name: string, value: unknown][];
}

type AnyNode = OperandNode | CommandNode | CallNode;

/** A value that cannot be had, with the node that asked for it; given its place by the caller. */
export class ExecError extends Error {
  readonly spelled: string;

  constructor(
    readonly node: AnyNode,
    message: string,
    readonly hint?: string,
  ) {
    super(message);
    this.spelled = spell(node);
  }
}

/** Arguments that are given beside a node: what stands after it, and the value piped into it. */
interface Given {
  args: readonly OperandNode[];
  piped?: { value: unknown };
}

const NOTHING: Given = { args: [] };

/** The value of a pipeline; its variables are set in `scope`. */
export function evaluatePipe(pipe: PipeNode, scope: Scope): unknown {
  let piped: Given['piped'];
  for (const command of pipe.commands) piped = { value: evaluateCommand(command, scope, piped) };
  const value = piped?.value;
  for (const name of pipe.variables) {
    const cell = pipe.assigns ? scope.variables.findLast(([each]) => each === name) : undefined;
    if (cell === undefined) scope.variables.push([name, value]);
    else cell[1] = value;
  }
  return value;
}

function evaluateCommand(command: CommandNode, scope: Scope, piped: Given['piped']): unknown {
  const [first, ...args] = command.args as [OperandNode, ...OperandNode[]];
  const given: Given = piped === undefined ? { args } : { args, piped };
  switch (first.kind) {
    case 'function':
      return callFunction(command, first.name, given, scope);
    case 'field':
      return fields(first, { value: scope.dot, names: first.names, given }, scope);
    case 'variable':
      return variable(first, given, scope);
    case 'chain':
      return fields(first, { value: evaluate(first.of, scope), names: first.names, given }, scope);
    default:
      if (args.length > 0 || piped !== undefined) {
        throw new ExecError(first, `can't give argument to non-function ${spell(first)}`);
      }
      if (first.kind === 'nil') throw new ExecError(command, 'nil is not a command');
      return evaluate(first, scope);
  }
}

/** The value of one operand. */
function evaluate(node: OperandNode, scope: Scope): unknown {
  switch (node.kind) {
    case 'constant':
      return node.value;
    case 'nil':
      return null;
    case 'dot':
      return scope.dot;
    case 'field':
      return fields(node, { value: scope.dot, names: node.names, given: NOTHING }, scope);
    case 'variable':
      return variable(node, NOTHING, scope);
    case 'function':
      return callFunction(node, node.name, NOTHING, scope);
    case 'chain':
      return fields(node, { value: evaluate(node.of, scope), names: node.names, given: NOTHING }, scope);
    case 'pipe':
      return evaluatePipe(node, scope);
  }
}

function variable(node: OperandNode & { kind: 'variable' }, given: Given, scope: Scope): unknown {
  const cell = scope.variables.findLast(([name]) => name === node.name);
  if (node.names.length > 0) return fields(node, { value: cell?.[1], names: node.names, given }, scope);
  if (given.args.length > 0 || given.piped !== undefined) {
    throw new ExecError(node, `can't give argument to non-function ${node.name}`);
  }
  return cell?.[1];
}

interface FieldPath {
  value: unknown;
  names: readonly string[];
  given: Given;
}

function fields(node: AnyNode, { value, names, given }: FieldPath, scope: Scope): unknown {
  let found = value;
  names.forEach((name, at) => {
    found = field(node, { value: found, name, given: at === names.length - 1 ? given : NOTHING }, scope);
  });
  return found;
}

function field(node: AnyNode, of: { value: unknown; name: string; given: Given }, scope: Scope): unknown {
  const { value, name, given } = of;
  const kind = kindOf(value);
  if (kind === 'nil') throw new ExecError(node, `nil pointer evaluating interface {}.${name}`);
  const found = kind === 'map' ? mapValue(value, name) : hasMembers(value) ? member(value, name) : undefined;
  if (found === undefined) {
    throw new ExecError(
      node,
      `can't evaluate field ${name} in type ${typeName(value)}`,
      knownFields(value, name),
    );
  }
  if (typeof found === 'function') {
    return (found as (...args: unknown[]) => unknown).apply(value, values(given, scope));
  }
  if (given.args.length > 0 || given.piped !== undefined) {
    throw new ExecError(node, `${name} is not a method but has arguments`);
  }
  return found;
}

function hasMembers(value: unknown): value is object {
  return kindOf(value) === 'struct' || value instanceof GoDuration;
}

/**
 * A field or method of a struct: the exact name, else one that differs only in the case of letters after the first
 * (`.ID` and `.Id`: Podman's own names vary there). Undefined values count as null.
 */
function member(value: object, name: string): unknown {
  const record = value as Record<string, unknown>;
  if (name in record && !(name in Object.prototype)) return record[name] ?? null;
  if (!/^\p{Lu}/u.test(name)) return undefined;
  const folded = name.toLowerCase();
  const near = Object.keys(record).find((key) => key[0] === name[0] && key.toLowerCase() === folded);
  return near === undefined ? undefined : (record[near] ?? null);
}

function knownFields(value: unknown, name: string): string | undefined {
  if (kindOf(value) !== 'struct') return undefined;
  const near = nearest(name, Object.keys(value as object)).slice(0, 3);
  return near.length === 0 ? undefined : `Did you mean ${near.map((each) => `.${each}`).join(' or ')}?`;
}

function values({ args, piped }: Given, scope: Scope): unknown[] {
  const found = args.map((arg) => argument(arg, scope));
  return piped === undefined ? found : [...found, piped.value === NO_VALUE ? null : piped.value];
}

function argument(node: OperandNode, scope: Scope): unknown {
  const value = evaluate(node, scope);
  return value === NO_VALUE ? null : value;
}

function callFunction(node: AnyNode, name: string, given: Given, scope: Scope): unknown {
  if (name === 'and' || name === 'or') return shortCircuit(node, name, given, scope);
  const known = templateFunctions[name];
  if (known === undefined) throw new ExecError(node, `"${name}" is not a defined function`);
  const args = values(given, scope);
  const { min, max = Infinity } = known;
  if (args.length < min || args.length > max) {
    const want = max === Infinity ? `at least ${min}` : String(min);
    throw new ExecError(node, `wrong number of args for ${name}: want ${want} got ${args.length}`);
  }
  args.forEach((value, at) => checkType(node, { name, at, value, given }));
  try {
    return known.call(...args);
  } catch (error) {
    throw new ExecError(node, `error calling ${name}: ${(error as Error).message}`);
  }
}

/** `and` and `or` stop at the argument that decides. */
function shortCircuit(node: AnyNode, name: 'and' | 'or', { args, piped }: Given, scope: Scope): unknown {
  if (args.length === 0 && piped === undefined) {
    throw new ExecError(node, `wrong number of args for ${name}: want at least 1 got 0`);
  }
  let value: unknown;
  for (const arg of args) {
    value = argument(arg, scope);
    if (isTrue(value) === (name === 'or')) return value;
  }
  return piped === undefined ? value : piped.value;
}

const TYPE_TEXT = { string: 'string', int: 'int', strings: '[]string' } as const;

function checkType(
  node: AnyNode,
  { name, at, value, given }: { name: string; at: number; value: unknown; given: Given },
): void {
  const types = templateFunctions[name]?.types;
  const wanted = types?.[name === 'printf' ? at : Math.min(at, types.length - 1)];
  const isFine =
    wanted === undefined || (wanted === 'strings' ? Array.isArray(value) : kindOf(value) === wanted);
  if (isFine) return;
  const place = given.args[at] ?? node;
  if (kindOf(value) === 'nil') throw new ExecError(place, `invalid value; expected ${TYPE_TEXT[wanted]}`);
  throw new ExecError(place, `wrong type for value; expected ${TYPE_TEXT[wanted]}; got ${typeName(value)}`);
}
