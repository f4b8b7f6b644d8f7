/** Where a node begins in the text, in characters. */
interface At {
  pos: number;
}

export type TextNode = At & { kind: 'text'; text: string };
export type ActionNode = At & { kind: 'action'; pipe: PipeNode };
export type BranchNode = At & {
  kind: 'if' | 'with' | 'range';
  pipe: PipeNode;
  list: ListNode;
  elseList?: ListNode;
};
export type JumpNode = At & { kind: 'break' | 'continue' };
export type CallNode = At & { kind: 'template'; name: string; pipe?: PipeNode };
export type ListNode = StatementNode[];

/** What stands in the text between or around actions. */
export type StatementNode = TextNode | ActionNode | BranchNode | JumpNode | CallNode;

export type PipeNode = At & {
  kind: 'pipe';
  /** The variables that take the value. */
  variables: string[];
  /** `=` instead of `:=`. */
  assigns: boolean;
  commands: CommandNode[];
};
export type CommandNode = At & { kind: 'command'; args: OperandNode[] };

export type ConstantNode = At & { kind: 'constant'; value: string | number | boolean; text: string };
export type NilNode = At & { kind: 'nil' };
export type DotNode = At & { kind: 'dot' };
export type FieldNode = At & { kind: 'field'; names: string[] };
export type VariableNode = At & { kind: 'variable'; name: string; names: string[] };
export type FunctionNode = At & { kind: 'function'; name: string };
export type ChainNode = At & { kind: 'chain'; of: OperandNode; names: string[] };

/** What a command is made of. */
export type OperandNode =
  ConstantNode | NilNode | DotNode | FieldNode | VariableNode | FunctionNode | ChainNode | PipeNode;

/** `node` as a template spells it, for error messages. */
export function spell(node: OperandNode | CommandNode | CallNode): string {
  switch (node.kind) {
    case 'constant':
      return node.text;
    case 'nil':
      return 'nil';
    case 'dot':
      return '.';
    case 'field':
      return node.names.map((name) => `.${name}`).join('');
    case 'variable':
      return [node.name, ...node.names].join('.');
    case 'function':
      return node.name;
    case 'chain':
      return `${node.of.kind === 'pipe' ? `(${spell(node.of)})` : spell(node.of)}.${node.names.join('.')}`;
    case 'template':
      return `{{template ${JSON.stringify(node.name)}${node.pipe === undefined ? '' : ` ${spell(node.pipe)}`}}}`;
    case 'command':
      return node.args.map((arg) => (arg.kind === 'pipe' ? `(${spell(arg)})` : spell(arg))).join(' ');
    case 'pipe': {
      const to =
        node.variables.length === 0 ? '' : `${node.variables.join(', ')} ${node.assigns ? '=' : ':='} `;
      return to + node.commands.map((command) => spell(command)).join(' | ');
    }
  }
}
