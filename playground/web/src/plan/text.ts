/** A plan in words: those of its file (`kit/operation/src/plan/words.rs`). */

import type { Consequence, Plan, PlannedCall, Requires } from "./types";

/** `CartService/GetCart` of `shop.carts.v1.CartService/GetCart`. */
export function shortRpc(rpc: string): string {
  return rpc.slice(rpc.lastIndexOf(".") + 1);
}

/** `GetCart` of `shop.carts.v1.CartService/GetCart`. */
export function method(rpc: string): string {
  return rpc.slice(rpc.lastIndexOf("/") + 1);
}

export function count(value: number): string {
  return value.toLocaleString("en");
}

/** `1 call`, `2 calls`. */
export function many(value: number, what: string): string {
  return `${count(value)} ${what}${value === 1 ? "" : "s"}`;
}

export function millis(us: number): string {
  return us < 100_000 ? `${(us / 1000).toFixed(1)} ms` : `${count(Math.round(us / 1000))} ms`;
}

export function bytes(value: number): string {
  return value < 1000 ? `${value} bytes` : `${(value / 1000).toFixed(1)} kB`;
}

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`;
}

/** True if the deadline may end calls before their own time is up. */
export function isCut({ total }: Plan): boolean {
  return total.timeMs > total.deadlineMs;
}

export function time(plan: Plan): string {
  const [time, deadline] = [`${count(plan.total.timeMs)} ms`, `${count(plan.total.deadlineMs)} ms`];
  return isCut(plan) ? `${time} if everything is slow, cut off after ${deadline}` : `${time} at worst, of ${deadline}`;
}

/** Who may use the fields of a requirement, such as `a user with scope orders.write`. */
export function needs({ user, scopes, fields }: Requires): string {
  const named = scopes.length > 0 ? `scope${scopes.length > 1 ? "s" : ""} ${scopes.join(", ")}` : "";
  const who = user ? ["a user", named].filter(Boolean).join(" with ") : named;
  return `${who}, for ${fields.join(", ")}`;
}

export function cache({ cache, kind }: Plan): string {
  const { because, maxAgeS, scope, staleS } = cache;
  const stale = staleS === 0 ? "" : `, ${duration(staleS)} more if we fail`;
  switch (scope) {
    case "public":
      return `by anybody, for ${duration(maxAgeS)}${stale} (${because})`;
    case "private":
      return `by the client alone, for ${duration(maxAgeS)}${stale} (${because} depends on the principal)`;
    case "none":
      if (!because) return "nothing to keep";
      return kind === "mutation" ? "not at all" : `not at all (${because} is never kept)`;
  }
}

/** Writes how long an old answer can stand in for one that cannot be had, or that none can. */
export function standIn({ cache: { scope, staleS } }: Plan): string {
  if (scope === "none" || staleS === 0) return "no old answer can stand in";
  const whose = scope === "public" ? "a cache" : "the client";
  return `an old answer can stand in, for ${duration(staleS)} more, where ${whose} has one`;
}

function atMost(most: number): string {
  return most > 1 ? `at most ${count(most)}` : count(most);
}

export function keys({ keys: { most, formula } }: PlannedCall): string {
  return formula ? `at most ${count(most)} = ${formula}` : atMost(most);
}

/** The number of calls and their keys; `undefined` for a single call. */
export function calls({ calls, keysPerCall }: PlannedCall): string | undefined {
  const each = keysPerCall === 1 ? "a key" : `${count(keysPerCall)} keys`;
  return calls > 1 ? `${atMost(calls)}, of ${each} each` : undefined;
}

export function manner(call: PlannedCall): string {
  const repeat = { freely: "may be retried and hedged", afterFailure: "may be retried", never: "is never repeated" };
  const optional = call.optional ? "optional" : "critical";
  const kept = call.freshS === 0 ? ", never kept" : `, fresh for ${duration(call.freshS)}`;
  const fresh = call.repeat === "freely" ? kept : "";
  return `${optional}, ${count(call.timeoutMs)} ms at most${fresh}, ${repeat[call.repeat]}`;
}

/** The consequence for a field, such as `home.cartCount is null, degraded`. */
export function consequence(it: Consequence): string {
  const path = it.path || "the whole answer";
  const field = it.on ? `${path}, where it is of type ${it.on},` : path;
  switch (it.becomes) {
    case "null":
      return it.code ? `${field} is null, with an error` : `${field} is null`;
    case "fallback":
      return it.code ? `${field} is ${it.value}, degraded` : `${field} is ${it.value}`;
    case "userErrors":
      return `${field} says so in userErrors`;
    case "unchanged":
      return `${field} goes on without it, degraded`;
  }
}
