// What the three servers share: their arguments, and the sign-in.

import { parseArgs } from 'node:util'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { connect } from './services.mjs'
import { contextOf } from './schema.mjs'

// A verified token is known for a minute.
const KNOWN_MS = 60_000

const { values } = parseArgs({
  options: { listen: { type: 'string' }, upstream: { type: 'string' }, issuer: { type: 'string' } }
})
const [host, port] = values.listen.split(':')
export const address = { host, port: Number(port) }

const services = connect(new URL(values.upstream).host)
const keys = createRemoteJWKSet(new URL(`http://${values.issuer}/jwks`))
const known = new Map()

async function userOf (authorization) {
  const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1]
  if (token === undefined) throw new Error('sign in first')
  const verified = known.get(token)
  if (verified && Date.now() - verified.since < KNOWN_MS) return verified.user
  const { payload } = await jwtVerify(token, keys, { issuer: `http://${values.issuer}`, audience: 'bff-mobile' })
  known.set(token, { since: Date.now(), user: payload.sub })
  return payload.sub
}

// Returns the context of a request with this header `Authorization`. Throws if it signs nobody in.
export async function context (authorization) {
  return contextOf(services, await userOf(authorization))
}
