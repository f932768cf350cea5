/** A plan, as `x-bff-plan` and `/graphql/plan` return it. All numbers are upper bounds. */
export interface Plan {
  client: string;
  operation: string;
  kind: "query" | "mutation";
  total: {
    waves: number;
    calls: number;
    keys: number;
    timeMs: number;
    deadlineMs: number;
    bytes: number;
    cost: number;
  };
  cache: { scope: "public" | "private" | "none"; maxAgeS: number; staleS: number; because: string };
  /** How the operation runs if every condition holds: `as a program`, or `by resolvers` and why. */
  runs: string;
  /** What fields require of the principal; absent if they require nothing. */
  requires?: Requires[];
  waves: Wave[];
  /** Commands that nobody waits for. */
  later: PlannedCall[];
  failures: Failure[];
}

export interface Requires {
  user: boolean;
  scopes: string[];
  fields: string[];
}

export interface Wave {
  untilMs: number;
  calls: PlannedCall[];
}

export interface PlannedCall {
  /** The slot, which tells observed calls from others of their kind; null for a command. */
  slot: number | null;
  name: string;
  rpc: string;
  /** Key of the field that leads to the call. It tells calls of one RPC in one wave apart. */
  behind: string;
  fields: string[];
  keys: { most: number; formula: string };
  calls: number;
  keysPerCall: number;
  reads: string[];
  /** False if the whole response is sent, because the call has no read mask. */
  masked: boolean;
  optional: boolean;
  timeoutMs: number;
  freshS: number;
  repeat: "freely" | "afterFailure" | "never";
}

export interface Failure {
  rpc: string;
  /** True if the answer waits for a call of the RPC. */
  awaited: boolean;
  unavailable: Consequence[];
  timeout: Consequence[];
  internal: Consequence[];
  /** Consequences if the service declines the call for a business reason. */
  refused: Consequence[];
  notFound: Consequence[];
}

export interface Consequence {
  path: string;
  on?: string;
  becomes: "null" | "fallback" | "userErrors" | "unchanged";
  value?: string;
  code?: string | null;
}

/** The calls that a request made. Times count from its start. */
export interface Observed {
  tookUs: number;
  calls: MadeCall[];
}

export interface MadeCall {
  /** Slot of the planned call; null for a command, and for a call that was not planned. */
  slot: number | null;
  name: string;
  rpc: string;
  keys: number;
  startUs: number;
  endUs: number | null;
  bytes: number | null;
  /** Failure kind of the call; null if it has not failed. */
  fault: string | null;
}
