// GraphQL Yoga on Node's own HTTP server.

import { createServer } from 'node:http'
import { createYoga } from 'graphql-yoga'
import { address, context } from './server.mjs'
import { schema } from './schema.mjs'

const yoga = createYoga({
  schema,
  context: ({ request }) => context(request.headers.get('authorization')),
  graphiql: false,
  landingPage: false,
  logging: false,
  maskedErrors: false
})
createServer(yoga).listen(address.port, address.host)
