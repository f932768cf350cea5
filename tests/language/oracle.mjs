// The verdict of graphql-js on a document.

import { GraphQLError, TokenKind, __Directive, __Schema, getOperationAST, specifiedRules, validate } from 'graphql';
import { Parser } from 'graphql/language/parser.js';

// "Operation Type Existence" of the specification of September 2025, which graphql-js 16 checks only when it executes.
const OperationTypeExistence = (context) => ({
  OperationDefinition(node) {
    if (context.getSchema().getRootType(node.operation)) return;
    context.reportError(
      new GraphQLError(`Schema is not configured to execute ${node.operation} operation.`, { nodes: node }),
    );
  },
});

const RULES = [...specifiedRules, OperationTypeExistence];

// A BFF parses executable documents alone, whose grammar has no definitions of types.
const FOREIGN = ['schema', 'scalar', 'type', 'interface', 'union', 'enum', 'input', 'directive', 'extend'];

class ExecutableParser extends Parser {
  parseDefinition() {
    const { token } = this._lexer;
    const word = this.peekDescription() ? this._lexer.lookahead() : token;
    if (word.kind === TokenKind.NAME && FOREIGN.includes(word.value)) throw this.unexpected(token);
    return super.parseDefinition();
  }
}

// Introspection of deprecated directives is in no version of the specification.
__Schema.getFields().directives.args.length = 0;
for (const name of ['isDeprecated', 'deprecationReason']) delete __Directive.getFields()[name];

// The verdict `{kind, errors}`: `kind` is `valid`, `syntax` or `validation`, or `unnamed` if the document is valid and
// has no operation of that name to run. Each error has a message and its locations.
export const judge = (schema, text, operationName) => {
  let document;
  try {
    document = new ExecutableParser(text).parseDocument();
  } catch (error) {
    return { kind: 'syntax', errors: [told(error)] };
  }
  // The limit on errors is high, because the first of them by location may be found last.
  const errors = validate(schema, document, RULES, { maxErrors: 10_000 }).map(told);
  if (errors.length > 0) return { kind: 'validation', errors };
  return { kind: getOperationAST(document, operationName) ? 'valid' : 'unnamed', errors };
};

const told = ({ message, locations }) => ({ message, locations: locations ?? [] });
