/** A plan in words, the same as its file uses. */

import type { Consequence, Plan, PlannedCall } from "./types";

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

export function fresh(seconds: number): string {
  return seconds === 0 ? "never kept" : `fresh for ${duration(seconds)}`;
}

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`;
}

export function cache({ cache, kind }: Plan): string {
  const { because, maxAgeS, scope } = cache;
  switch (scope) {
    case "public":
      return `by anybody, for ${duration(maxAgeS)} (${because})`;
    case "private":
      return `by the client alone, for ${duration(maxAgeS)} (${because} depends on who asks)`;
    case "none":
      if (!because) return "nothing to keep";
      return kind === "mutation" ? "not at all" : `not at all (${because} is never kept)`;
  }
}

export function keys(call: PlannedCall): string {
  const { most, formula } = call.keys;
  const of = formula ? `at most ${count(most)} = ${formula}` : count(most);
  return call.calls > 1 ? `${of}, in ${call.calls} calls` : of;
}

export function manner(call: PlannedCall): string {
  const repeat = { freely: "may be retried and hedged", afterFailure: "may be retried", never: "is never repeated" };
  const optional = call.optional ? "optional" : "critical";
  return `${optional}, ${count(call.timeoutMs)} ms at most, ${fresh(call.freshS)}, ${repeat[call.repeat]}`;
}

/** What becomes of a field, such as `home.cartCount is null, degraded`. */
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
      return `${field} does without, degraded`;
  }
}
