// TypeScript for a client's operations, and graphql-codegen's list of persisted documents.

const client = process.env.CLIENT;

// The TypeScript type of each scalar of the three schemas.
const scalars = {
  CountryCode: 'string',
  CurrencyCode: 'string',
  DateTime: 'string',
  Decimal: 'string',
  Language: 'string',
  URL: 'string',
  UnixSeconds: 'number',
};

export default {
  schema: `../../schema/${client}/schema.graphql`,
  documents: [`../../schema/${client}/operations/**/*.graphql`],
  generates: {
    [`generated/${client}/`]: {
      preset: 'client',
      presetConfig: {
        persistedDocuments: { hashAlgorithm: 'sha256' },
      },
      config: { documentMode: 'string', strictScalars: true, scalars },
    },
  },
};
