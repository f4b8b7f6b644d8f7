import { ExecError, evaluatePipe } from './evaluate';
import type { Scope } from './evaluate';
import { TspodError } from '../errors';
import type { BranchNode, CallNode, ListNode, StatementNode } from './nodes';
import type { ParsedTemplate } from './parser';
import { printAction } from './print-value';
import { locate } from './template-error';
import { isTrue, kindOf, mapEntries, typeName } from './values';

/** How deep templates may call each other. */
const MAX_DEPTH = 1000;

/** Where an execution is: the template, its output so far, its variables. */
interface Run {
  template: ParsedTemplate;
  name: string;
  out: string[];
  depth: number;
}

type Outcome = 'next' | 'break' | 'continue';

/** Walks a template over `data`; throws a usage error in Go's words when a value cannot be had. */
export function execute(template: ParsedTemplate, data: unknown): string {
  const run: Run = { template, name: template.name, out: [], depth: 0 };
  walkList(run, template.main, { dot: data, variables: [['$', data]] });
  return run.out.join('');
}

function walkList(run: Run, list: ListNode, scope: Scope): Outcome {
  for (const node of list) {
    const outcome = walk(run, node, scope);
    if (outcome !== 'next') return outcome;
  }
  return 'next';
}

function walk(run: Run, node: StatementNode, scope: Scope): Outcome {
  switch (node.kind) {
    case 'text':
      run.out.push(node.text);
      return 'next';
    case 'action': {
      const value = named(run, () => evaluatePipe(node.pipe, scope));
      if (node.pipe.variables.length === 0) run.out.push(printAction(value));
      return 'next';
    }
    case 'if':
    case 'with':
      return walkBranch(run, node, inner(scope));
    case 'range':
      return walkRange(run, node, inner(scope));
    case 'template':
      walkCall(run, node, scope);
      return 'next';
    default:
      return node.kind;
  }
}

/** A scope whose new variables end with it; assignments to outer ones stay. */
function inner(scope: Scope): Scope {
  return { dot: scope.dot, variables: [...scope.variables] };
}

function walkBranch(run: Run, node: BranchNode, scope: Scope): Outcome {
  const value = named(run, () => evaluatePipe(node.pipe, scope));
  if (!isTrue(value)) return walkList(run, node.elseList ?? [], scope);
  return walkList(run, node.list, node.kind === 'with' ? { ...scope, dot: value } : scope);
}

function walkRange(run: Run, node: BranchNode, scope: Scope): Outcome {
  const [value, items] = named(run, () => {
    // The variables of a range take the elements, not the pipeline's value.
    const result = evaluatePipe({ ...node.pipe, variables: [] }, scope);
    return [result, elements(result, node)] as const;
  });
  if (items.length === 0) return walkList(run, node.elseList ?? [], scope);
  for (const [key, element] of items) {
    const body = inner(scope);
    setRangeVariables(node, body, { key, element, counts: kindOf(value) === 'int' });
    const outcome = walkList(run, node.list, { ...body, dot: element });
    if (outcome === 'break') break;
  }
  return 'next';
}

function setRangeVariables(
  { pipe }: BranchNode,
  scope: Scope,
  { key, element, counts }: { key: unknown; element: unknown; counts: boolean },
): void {
  const values = pipe.variables.length === 2 && !counts ? [key, element] : [element];
  pipe.variables.forEach((name, at) => {
    const cell = pipe.assigns ? scope.variables.findLast(([each]) => each === name) : undefined;
    if (cell === undefined) scope.variables.push([name, values[at]]);
    else cell[1] = values[at];
  });
}

function elements(value: unknown, node: BranchNode): [unknown, unknown][] {
  switch (kindOf(value)) {
    case 'nil':
      return [];
    case 'slice':
      return (value as unknown[]).map((each, at) => [at, each]);
    case 'map':
      return mapEntries(value);
    case 'int':
      return Array.from({ length: Math.max(0, Number(value)) }, (_, at) => [at, at]);
    default:
      throw new ExecError(node.pipe, `range can't iterate over ${printAction(value)} (${typeName(value)})`);
  }
}

function walkCall(run: Run, node: CallNode, scope: Scope): void {
  const list = run.template.defined.get(node.name);
  named(run, () => {
    if (list === undefined) throw new ExecError(node, `template ${JSON.stringify(node.name)} not defined`);
    if (run.depth >= MAX_DEPTH) throw new ExecError(node, `exceeded maximum template depth (${MAX_DEPTH})`);
  });
  const dot = node.pipe === undefined ? undefined : named(run, () => evaluatePipe(node.pipe as never, scope));
  walkList({ ...run, name: node.name, depth: run.depth + 1 }, list ?? [], { dot, variables: [['$', dot]] });
}

/** Does `work`; an error in it gets the place in the template. */
function named<T>(run: Run, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ExecError)) throw error;
    const { line, column } = locate(run.template.text, error.node.pos);
    const place = `template: ${run.template.name}:${line}:${column}`;
    const message = `${place}: executing ${JSON.stringify(run.name)} at <${error.spelled}>: ${error.message}`;
    throw new TspodError('usage', message, error.hint === undefined ? {} : { hint: error.hint });
  }
}
