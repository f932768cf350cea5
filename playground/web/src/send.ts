/** Sends operations to a client's BFF, and fetches plans from it. */

import { endpoint, type Client } from "./clients";
import type { Observed, Plan } from "./plan/types";

export interface Operation {
  query: string;
  variables?: unknown;
  operationName?: string | null;
}

/** An answer, with the plan and the calls that the BFF reports to developers. */
export interface Answer {
  status: number;
  /** The body without the plan, which is for developers alone. */
  body: { data?: unknown; errors?: unknown; extensions?: Record<string, unknown> };
  /** Size of the body as it was sent, compressed or not, in bytes. */
  wireBytes: number;
  /** Size of the body's text, in bytes. */
  bytes: number;
  plan?: Plan;
  observed?: Observed;
}

/** Value of the header `x-bff-plan`: the plan with the calls that were made, or `no` to send no such header. */
export type Explain = "no" | "analyze";

/** Sends an operation to a client's BFF, and takes the plan out of the answer. */
export async function send(
  client: Client,
  operation: Operation,
  headers: Record<string, string>,
  explain: Explain,
): Promise<Answer> {
  const timing = new Timing();
  const response = await fetch(endpoint(client), {
    method: "POST",
    credentials: client.login ? "include" : "same-origin",
    headers: {
      accept: "application/graphql-response+json",
      "content-type": "application/json",
      ...(explain === "no" ? {} : { "x-bff-plan": explain }),
      ...headers,
    },
    body: JSON.stringify(operation),
  });
  const text = await response.text();
  const body = JSON.parse(text) as Answer["body"];
  const bytes = new TextEncoder().encode(text).length;
  const wireBytes = (await timing.bodyBytes(response.url)) ?? bytes;
  const answer: Answer = { status: response.status, body, bytes, wireBytes };
  const analysis = body.extensions?.["plan"] as (Plan & { observed?: Observed }) | undefined;
  if (analysis) {
    const { observed, ...plan } = analysis;
    answer.plan = plan;
    if (observed) answer.observed = observed;
    const { plan: _plan, ...extensions } = body.extensions ?? {};
    const { extensions: _extensions, ...rest } = body;
    answer.body = Object.keys(extensions).length > 0 ? { ...rest, extensions } : rest;
  }
  return answer;
}

/** Longest wait for the browser's timing entry, once the answer is there, in milliseconds. */
const TIMING_MS = 500;

/** Reads the size of answers from the browser's timing entries. In development the BFF lets the browser show it. */
class Timing {
  #entries: PerformanceResourceTiming[] = [];
  #notify = () => {};
  #observer = new PerformanceObserver((list) => {
    this.#entries.push(...(list.getEntries() as PerformanceResourceTiming[]));
    this.#notify();
  });

  constructor() {
    this.#observer.observe({ type: "resource" });
  }

  /** The size of the body from this URL as it was sent, in bytes; `undefined` if the browser does not show it. */
  async bodyBytes(url: string): Promise<number | undefined> {
    const found = () => this.#entries.find((it) => it.name === url);
    if (!found()) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, TIMING_MS);
        this.#notify = () => {
          if (!found()) return;
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#observer.disconnect();
    return found()?.encodedBodySize || undefined;
  }
}

/** Error for a document without a plan; `problems` holds the errors of the document. */
export class NoPlan extends Error {
  constructor(readonly problems: string[]) {
    super(problems.join("; "));
  }
}

/** Fetches the plan of a document's only operation, without running it. Throws `NoPlan` if there is none. */
export async function planOf(client: Client, document: string, signal: AbortSignal): Promise<Plan> {
  const response = await fetch(`${endpoint(client)}/plan`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: document }),
    signal,
  });
  if (!response.ok) throw new Error(`The BFF answered ${response.status}.`);
  const found = (await response.json()) as Plan | { problems: string[] };
  if ("problems" in found) throw new NoPlan(found.problems);
  return found;
}
