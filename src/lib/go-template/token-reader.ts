import { tokenize } from './lexer';
import type { Token, TokenKind } from './lexer';
import { parseError } from './template-error';
import { unquote } from './unquote';

/** A template's tokens with one place to read from; holds what the parser has to know of names. */
export class TokenReader {
  /** The variables in scope; `$` is always the first. */
  readonly variables: string[] = ['$'];
  private readonly tokens: Token[];
  private at = 0;

  constructor(
    private readonly name: string,
    private readonly text: string,
    readonly hasFunction: (name: string) => boolean,
  ) {
    this.tokens = tokenize(text);
  }

  /** The next token that is no blank. */
  next(): Token {
    const token = this.peek();
    this.at++;
    return token;
  }

  /** The next token that is no blank, not taken. */
  peek(): Token {
    while (this.raw().kind === 'space') this.at++;
    return this.check(this.raw());
  }

  /** The very next token, taken. */
  nextRaw(): Token {
    const token = this.peekRaw();
    this.at++;
    return token;
  }

  /** The very next token, also a blank, not taken. */
  peekRaw(): Token {
    return this.check(this.raw());
  }

  /** Goes back to a place that `mark` gave. */
  mark(): number {
    return this.at;
  }

  reset(mark: number): void {
    this.at = mark;
  }

  /** Takes a token of this kind; throws when there is another. */
  expect(kind: TokenKind, where: string): Token {
    const token = this.next();
    return token.kind === kind ? token : this.unexpected(token, where);
  }

  /** Takes a string and returns what it means. */
  string(where: string): string {
    const token = this.expect('string', where);
    return unquote(token.text) ?? this.fail(`malformed string ${token.text}`);
  }

  unexpected(token: Token, where: string): never {
    if (token.kind === 'end') return this.fail('unexpected EOF', token.pos);
    const shown =
      token.kind === 'keyword' || token.kind === 'open' ? `<${token.text}>` : JSON.stringify(token.text);
    return this.fail(`unexpected ${shown} in ${where}`, token.pos);
  }

  fail(message: string, pos = this.raw().pos): never {
    throw parseError(this.name, this.text, pos, message);
  }

  private check(token: Token): Token {
    return token.kind === 'error' ? this.fail(token.text, token.pos) : token;
  }

  private raw(): Token {
    return this.tokens[Math.min(this.at, this.tokens.length - 1)] as Token;
  }
}
