import { TokenReader } from './token-reader';
import type { ActionNode, BranchNode, CallNode, JumpNode, ListNode, StatementNode } from './nodes';
import { parsePipe } from './pipe-parser';

/** A template that was read: its own statements, and those of every template it defines. */
export interface ParsedTemplate {
  name: string;
  text: string;
  main: ListNode;
  defined: Map<string, ListNode>;
}

interface Parser {
  tokens: TokenReader;
  defined: Map<string, ListNode>;
  /** How many `range` are open. */
  loops: number;
}

/** What ended a list of statements. */
type ListEnd = 'end' | 'else' | 'eof';

/** Reads the text of a template; throws a usage error with the line. `hasFunction` tells which functions there are. */
export function parseTemplate(
  name: string,
  text: string,
  hasFunction: (name: string) => boolean,
): ParsedTemplate {
  const tokens = new TokenReader(name, text, hasFunction);
  const parser: Parser = { tokens, defined: new Map(), loops: 0 };
  const { list, end } = parseList(parser, true);
  if (end !== 'eof') tokens.fail(`unexpected {{${end}}}`);
  return { name, text, main: list, defined: parser.defined };
}

/** Statements up to what ends them; templates are defined at the top only, and not within an action. */
function parseList(parser: Parser, isTop = false): { list: ListNode; end: ListEnd } {
  const { tokens } = parser;
  const list: ListNode = [];
  for (;;) {
    const token = tokens.next();
    if (token.kind === 'end') return { list, end: 'eof' };
    if (token.kind === 'text') {
      list.push({ kind: 'text', text: token.text, pos: token.pos });
      continue;
    }
    if (token.kind !== 'open') tokens.unexpected(token, 'input');
    const keyword = tokens.peek();
    if (keyword.kind === 'keyword' && (keyword.text === 'end' || keyword.text === 'else')) {
      tokens.next();
      return { list, end: keyword.text };
    }
    const node = parseAction(parser, isTop);
    if (node !== undefined) list.push(node);
  }
}

function parseAction(parser: Parser, isTop: boolean): StatementNode | undefined {
  const { tokens } = parser;
  const token = tokens.peek();
  if (token.kind !== 'keyword' || token.text === 'nil') return parsePipeAction(parser);
  tokens.next();
  switch (token.text) {
    case 'if':
    case 'with':
    case 'range':
      return parseBranch(parser, token.text, token.pos);
    case 'break':
    case 'continue':
      return parseJump(parser, token.text, token.pos);
    case 'template':
      return parseCall(parser);
    case 'define':
      return isTop ? parseDefine(parser) : tokens.unexpected(token, 'command');
    case 'block':
      return parseBlock(parser, token.pos);
    default:
      return tokens.unexpected(token, 'command');
  }
}

function parsePipeAction({ tokens }: Parser): ActionNode {
  const { pos } = tokens.peek();
  return { kind: 'action', pos, pipe: parsePipe(tokens, 'command', 'close') };
}

function parseBranch(parser: Parser, kind: BranchNode['kind'], pos: number): BranchNode {
  const { tokens } = parser;
  const scope = tokens.variables.length;
  const pipe = parsePipe(tokens, kind, 'close');
  if (kind === 'range') parser.loops++;
  const { list, end } = parseList(parser);
  if (kind === 'range') parser.loops--;
  const node: BranchNode = { kind, pos, pipe, list };
  if (end === 'eof') tokens.fail('unexpected EOF');
  if (end === 'else') node.elseList = parseElse(parser, kind);
  else tokens.expect('close', 'end');
  tokens.variables.length = scope;
  return node;
}

/** What follows `{{else`: a list up to `{{end}}`, or with `else if` and `else with` one more branch that shares it. */
function parseElse(parser: Parser, kind: BranchNode['kind']): ListNode {
  const { tokens } = parser;
  const token = tokens.peek();
  if (token.kind === 'keyword' && token.text === kind && kind !== 'range') {
    tokens.next();
    return [parseBranch(parser, kind, token.pos)];
  }
  tokens.expect('close', 'else');
  const { list, end } = parseList(parser);
  if (end === 'eof') tokens.fail('unexpected EOF');
  if (end === 'else') tokens.fail('expected end; found {{else}}');
  tokens.expect('close', 'end');
  return list;
}

function parseJump(parser: Parser, kind: JumpNode['kind'], pos: number): JumpNode {
  if (parser.loops === 0) parser.tokens.fail(`{{${kind}}} outside {{range}}`);
  parser.tokens.expect('close', `{{${kind}}}`);
  return { kind, pos };
}

function parseCall({ tokens }: Parser): CallNode {
  const { pos } = tokens.peek();
  const name = tokens.string('template clause');
  if (tokens.peek().kind === 'close') {
    tokens.next();
    return { kind: 'template', pos, name };
  }
  return { kind: 'template', pos, name, pipe: parsePipe(tokens, 'template clause', 'close') };
}

function parseDefine(parser: Parser): undefined {
  const name = parser.tokens.string('define clause');
  parser.tokens.expect('close', 'define clause');
  parser.defined.set(name, parseBody(parser, 'define clause'));
}

function parseBlock(parser: Parser, pos: number): CallNode {
  const name = parser.tokens.string('block clause');
  const pipe = parsePipe(parser.tokens, 'block clause', 'close');
  const body = parseBody(parser, 'block clause');
  if (!parser.defined.has(name)) parser.defined.set(name, body);
  return { kind: 'template', pos, name, pipe };
}

/** A body of its own, in which the variables around it do not exist. */
function parseBody(parser: Parser, where: string): ListNode {
  const { tokens } = parser;
  const around = tokens.variables.splice(1);
  const { list, end } = parseList({ ...parser, loops: 0 });
  tokens.variables.splice(1, Infinity, ...around);
  if (end !== 'end') tokens.fail(`unexpected ${end === 'eof' ? 'EOF' : '{{else}}'} in ${where}`);
  tokens.expect('close', where);
  return list;
}
