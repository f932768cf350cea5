// Apollo's manifest of a client's operations.

const client = process.env.CLIENT;

export default {
  documents: [`../../schema/${client}/operations/**/*.graphql`],
  output: `generated/${client}/manifest.json`,
};
