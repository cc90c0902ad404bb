const ts = require('typescript');

/**
 * Changes one symbol of a TypeScript source (`reconcile`, `Breaker.#count`, or a constant) and returns the new source. What is changed is found by
 * name and never by the text of a line, so that a mutant survives edits around it:
 * - `if` and `is`: the first condition in the symbol that mentions the name becomes the expression;
 * - `drop`: the smallest statement in the symbol that mentions the name goes;
 * - `call` and `is`: the first call of the name becomes the expression;
 * - `set` and `is`: the first variable or property of the name gets the expression as its value;
 * - `returns`: the body of the symbol becomes the return of the expression;
 * - `is` alone: the symbol is a constant, and gets the expression as its value.
 */
function mutate(source, { symbol, if: condition, drop, call, set, returns, is }) {
  const file = ts.createSourceFile('mutant.ts', source, ts.ScriptTarget.ESNext, true);
  const root = symbol === undefined ? file : symbolNamed(file, symbol);
  const edit = (node, text) => source.slice(0, node.getStart()) + text + source.slice(node.getEnd());
  const first = (test, name) => {
    const found = all(root).find(test);
    if (!found) throw new Error(`${symbol} has no such ${name}`);
    return found;
  };
  if (condition) {
    const conditionOf = (node) =>
      ts.isIfStatement(node) ? node.expression : ts.isConditionalExpression(node) && node.condition;
    return edit(
      conditionOf(first((node) => conditionOf(node) && mentions(conditionOf(node), condition), `if ${condition}`)),
      is,
    );
  }
  if (drop) {
    const statements = all(root).filter((node) => ts.isStatement(node) && !ts.isBlock(node) && mentions(node, drop));
    const smallest = statements.sort((one, other) => one.getWidth() - other.getWidth())[0];
    if (!smallest) throw new Error(`${symbol} has no statement with ${drop}`);
    return edit(smallest, ';');
  }
  if (call)
    return edit(
      first((node) => ts.isCallExpression(node) && nameOf(node.expression) === call, `call of ${call}`),
      is,
    );
  if (set)
    return edit(first((node) => node.initializer && node.name?.getText() === set, `value of ${set}`).initializer, is);
  if (returns) return edit(root.body, `{ return ${returns}; }`);
  return edit(root.initializer, is);
}

function symbolNamed(file, symbol) {
  const path = symbol.split('.');
  const root = path.reduce(
    (node, name) =>
      node &&
      all(node).find(
        (inner) => inner !== node && !ts.isPropertyAccessExpression(inner) && inner.name?.getText() === name,
      ),
    file,
  );
  if (!root) throw new Error(`there is no ${symbol}`);
  return root;
}

/** The node and what is in it, in the order of the source. */
function all(node) {
  const nodes = [node];
  node.forEachChild((child) => void nodes.push(...all(child)));
  return nodes;
}

const nameOf = (expression) => expression.name?.getText() ?? expression.getText();

function mentions(node, name) {
  return all(node).some((inner) => (ts.isIdentifier(inner) || ts.isPrivateIdentifier(inner)) && inner.text === name);
}

module.exports = { mutate };
