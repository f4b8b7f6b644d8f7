// An ESLint rule: how long a function may be, without blank lines, comments and the functions inside it, which are
// counted by themselves. A factory of closures and a table of functions are as long as their parts.
/** The rule "own-lines": its one option is the greatest number of lines. */
export const ownLines = {
  meta: { type: 'suggestion', schema: [{ type: 'integer' }] },
  create(context) {
    const { sourceCode } = context;
    const max = context.options[0];
    const open = [];
    const comments = commentLines(sourceCode);
    const enter = (node) => open.push({ node, inner: new Set() });
    const leave = () => {
      const { node, inner } = open.pop();
      const all = linesOf(node).filter(
        (line) => sourceCode.lines[line - 1].trim() !== '' && !comments.has(line),
      );
      const own = all.filter((line) => !inner.has(line));
      if (own.length > max) context.report({ node, message: `${own.length} lines, ${max} are the most` });
      // The first line of a nested function belongs to the outer one too.
      for (const line of linesOf(node).slice(1)) open.at(-1)?.inner.add(line);
    };
    return { ':function': enter, ':function:exit': leave };
  },
};

function linesOf({ loc: { start, end } }) {
  return Array.from({ length: end.line - start.line + 1 }, (_, index) => start.line + index);
}

// Lines that hold nothing but a comment.
function commentLines(sourceCode) {
  const found = new Set();
  for (const { loc } of sourceCode.getAllComments()) {
    for (let line = loc.start.line; line <= loc.end.line; line++) {
      if (/^\s*(\/\/|\/\*|\*)/.test(sourceCode.lines[line - 1])) found.add(line);
    }
  }
  return found;
}
