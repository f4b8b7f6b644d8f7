import type { Token } from './lexer';
import type { CommandNode, ConstantNode, OperandNode, PipeNode } from './nodes';
import type { TokenReader } from './token-reader';
import { unquote } from './unquote';

/** Reads a pipeline up to the end of its action or its parenthesis; `where` names the place in messages. */
export function parsePipe(tokens: TokenReader, where: string, end: 'close' | ')'): PipeNode {
  const { pos } = tokens.peek();
  const pipe: PipeNode = { kind: 'pipe', pos, variables: [], assigns: false, commands: [] };
  const declared = parseTargets(tokens, pipe, where);
  for (;;) {
    const token = tokens.peek();
    if (token.kind === end) {
      tokens.next();
      checkPipe(tokens, pipe, where);
      // Variables can be used only after the pipeline that makes them.
      tokens.variables.push(...declared);
      return pipe;
    }
    pipe.commands.push(parseCommand(tokens, where, end));
  }
}

/** `$x :=`, `$x =`, or in range `$i, $x :=`. Returns the variables that are new. */
function parseTargets(tokens: TokenReader, pipe: PipeNode, where: string): string[] {
  const start = tokens.mark();
  for (;;) {
    const variable = tokens.peek();
    if (variable.kind !== 'variable') break;
    tokens.next();
    pipe.variables.push(variable.text);
    const sign = tokens.peek();
    if (sign.kind === ':=' || sign.kind === '=') {
      tokens.next();
      pipe.assigns = sign.kind === '=';
      if (!pipe.assigns) return pipe.variables;
      for (const name of pipe.variables) checkVariable(tokens, name);
      return [];
    }
    if (sign.kind !== ',' || where !== 'range' || pipe.variables.length > 1) break;
    tokens.next();
  }
  pipe.variables = [];
  tokens.reset(start);
  return [];
}

function checkPipe(tokens: TokenReader, pipe: PipeNode, where: string): void {
  if (pipe.commands.length === 0) tokens.fail(`missing value for ${where}`, pipe.pos);
  for (const { args } of pipe.commands.slice(1)) {
    const kind = args[0]?.kind;
    if (kind === 'constant' || kind === 'nil' || kind === 'dot') {
      tokens.fail('non executable command in pipeline', args[0]?.pos);
    }
  }
}

function parseCommand(tokens: TokenReader, where: string, end: 'close' | ')'): CommandNode {
  const { pos } = tokens.peek();
  const args: OperandNode[] = [];
  while (!endsCommand(tokens)) {
    const operand = parseOperand(tokens) ?? tokens.unexpected(tokens.next(), 'operand');
    args.push(operand);
    const { kind } = tokens.peekRaw();
    if (kind !== 'space' && !endsCommand(tokens)) tokens.unexpected(tokens.peekRaw(), 'operand');
  }
  if (args.length === 0) tokens.fail(`missing value for ${where}`, pos);
  if (tokens.peek().kind === '|') {
    tokens.next();
    if (tokens.peek().kind === end) tokens.fail(`missing value for ${where}`, pos);
  }
  return { kind: 'command', pos, args };
}

function endsCommand(tokens: TokenReader): boolean {
  const { kind } = tokens.peek();
  return kind === '|' || kind === 'close' || kind === ')';
}

/** An operand with the fields that hang on it: `.A.B`, `$x.A`, `(pipe).A`. */
function parseOperand(tokens: TokenReader): OperandNode | undefined {
  const node = parseTerm(tokens);
  if (node === undefined || tokens.peekRaw().kind !== 'field') return node;
  const { pos } = tokens.peekRaw();
  const names: string[] = [];
  while (tokens.peekRaw().kind === 'field') names.push(tokens.nextRaw().text.slice(1));
  if (node.kind === 'field') return { ...node, pos, names: [...node.names, ...names] };
  if (node.kind === 'variable') return { ...node, pos, names };
  if (node.kind === 'constant' || node.kind === 'nil' || node.kind === 'dot') {
    tokens.fail(
      `unexpected . after term ${JSON.stringify(node.kind === 'constant' ? node.text : node.kind)}`,
    );
  }
  return { kind: 'chain', pos, of: node, names };
}

function parseTerm(tokens: TokenReader): OperandNode | undefined {
  const token = tokens.peekRaw();
  const { pos, text } = token;
  switch (token.kind) {
    case 'word':
      return parseWord(tokens, tokens.nextRaw());
    case 'dot':
      tokens.nextRaw();
      return { kind: 'dot', pos };
    case 'variable':
      tokens.nextRaw();
      checkVariable(tokens, text);
      return { kind: 'variable', pos, name: text, names: [] };
    case 'field':
      tokens.nextRaw();
      return { kind: 'field', pos, names: [text.slice(1)] };
    case '(':
      tokens.nextRaw();
      return parsePipe(tokens, 'parenthesized pipeline', ')');
    case 'number':
    case 'string':
    case 'char':
      return parseConstant(tokens, tokens.nextRaw());
    case 'keyword':
      if (text !== 'nil') return undefined;
      tokens.nextRaw();
      return { kind: 'nil', pos };
    default:
      return undefined;
  }
}

function parseWord(tokens: TokenReader, { text, pos }: Token): OperandNode {
  if (text === 'true' || text === 'false') return { kind: 'constant', pos, text, value: text === 'true' };
  if (!tokens.hasFunction(text)) tokens.fail(`function "${text}" not defined`, pos);
  return { kind: 'function', pos, name: text };
}

function parseConstant(tokens: TokenReader, { kind, text, pos }: Token): ConstantNode {
  const value = kind === 'number' ? Number(numberText(text)) : unquote(text);
  if (value === undefined || Number.isNaN(value)) return tokens.fail(`bad ${kind} syntax: ${text}`, pos);
  if (kind !== 'char') return { kind: 'constant', pos, text, value };
  return { kind: 'constant', pos, text, value: (value as string).codePointAt(0) ?? 0 };
}

/** Go's number in the spelling of JavaScript. */
function numberText(text: string): string {
  const plain = text.replaceAll('_', '');
  if (/^[+-]0[xXbBoO]/.test(plain)) return String((plain.startsWith('-') ? -1 : 1) * Number(plain.slice(1)));
  return /^[+-]?0\d+$/.test(plain) ? String(parseInt(plain, 8)) : plain;
}

function checkVariable(tokens: TokenReader, name: string): void {
  if (!tokens.variables.includes(name)) tokens.fail(`undefined variable "${name}"`);
}
