/** A plan, as `x-bff-plan` and `/api/plan` tell it. All numbers are at most. */
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
  waves: Wave[];
  /** Commands nobody waits for. */
  later: PlannedCall[];
  failures: Failure[];
}

export interface Wave {
  untilMs: number;
  calls: PlannedCall[];
}

export interface PlannedCall {
  /** Tells its calls from others of its kind where they are observed; null for a command. */
  slot: number | null;
  name: string;
  rpc: string;
  /** What leads to it, in a word: it tells calls of one RPC in one wave apart. */
  behind: string;
  fields: string[];
  keys: { most: number; formula: string };
  calls: number;
  keysPerCall: number;
  reads: string[];
  optional: boolean;
  timeoutMs: number;
  freshS: number;
  repeat: "freely" | "afterFailure" | "never";
}

export interface Failure {
  rpc: string;
  /** Whether the answer waits for it. */
  awaited: boolean;
  unavailable: Consequence[];
  timeout: Consequence[];
  internal: Consequence[];
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

/** What a request did: times count from its start. */
export interface Observed {
  tookUs: number;
  calls: MadeCall[];
}

export interface MadeCall {
  /** The planned call it is; null for a command, and for one that was not planned. */
  slot: number | null;
  name: string;
  rpc: string;
  keys: number;
  startUs: number;
  endUs: number | null;
  bytes: number | null;
  fault: string | null;
}
