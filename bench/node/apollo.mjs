// Apollo Server with its standalone HTTP server.

import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { address, context } from './server.mjs'
import { schema } from './schema.mjs'

const server = new ApolloServer({ schema, cache: 'bounded', introspection: false })
await startStandaloneServer(server, {
  listen: address,
  context: ({ req }) => context(req.headers.authorization)
})
