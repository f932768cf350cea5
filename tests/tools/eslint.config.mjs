// graphql-eslint's recommended rules for operations.

import graphql from '@graphql-eslint/eslint-plugin';

const client = process.env.CLIENT;
const schema = new URL(`../../schema/${client}/`, import.meta.url).pathname;

export default [
  {
    files: ['**/*.graphql'],
    languageOptions: {
      parser: graphql.parser,
      parserOptions: {
        graphQLConfig: {
          schema: `${schema}schema.graphql`,
          documents: `${schema}operations/**/*.graphql`,
        },
      },
    },
    plugins: { '@graphql-eslint': graphql },
    rules: {
      ...graphql.configs['flat/operations-recommended'].rules,
      // A device has no cache that finds objects by their ids, and its answers have 1 kB at most.
      ...(client === 'iot' && { '@graphql-eslint/require-selections': 'off' }),
    },
  },
];
