// Mercurius on Fastify, with its just-in-time compiler on.

import Fastify from 'fastify'
import mercurius from 'mercurius'
import { address, context } from './server.mjs'
import { schema } from './schema.mjs'

const app = Fastify()
app.register(mercurius, {
  schema,
  jit: 1,
  graphiql: false,
  context: (request) => context(request.headers.authorization)
})
await app.listen(address)
