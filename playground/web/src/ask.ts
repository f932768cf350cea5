/** Sends operations to a client's BFF. */

import { endpoint, type Client } from "./clients";
import type { Observed, Plan } from "./plan/types";

export interface Operation {
  query: string;
  variables?: unknown;
  operationName?: string | null;
}

/** An answer, and what the BFF tells its developers of it. */
export interface Answer {
  status: number;
  /** The answer without the plan, which no client sees. */
  body: { data?: unknown; errors?: unknown; extensions?: Record<string, unknown> };
  /** Bytes of the body as they were sent, compressed where they were. */
  wireBytes: number;
  /** Bytes of the body's text. */
  bytes: number;
  plan?: Plan;
  observed?: Observed;
}

/** What to be told of the way an answer came about. */
export type Explain = "no" | "analyze";

export async function ask(
  client: Client,
  operation: Operation,
  headers: Record<string, string>,
  explain: Explain,
): Promise<Answer> {
  const timing = new Timing();
  const response = await fetch(endpoint(client), {
    method: "POST",
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
  const told = body.extensions?.["plan"] as (Plan & { observed?: Observed }) | undefined;
  if (told) {
    const { observed, ...plan } = told;
    answer.plan = plan;
    if (observed) answer.observed = observed;
    const { plan: _plan, ...extensions } = body.extensions ?? {};
    const { extensions: _extensions, ...rest } = body;
    answer.body = Object.keys(extensions).length > 0 ? { ...rest, extensions } : rest;
  }
  return answer;
}

/** How long a browser may take to tell how an answer came, once it is there. */
const TIMING_MS = 500;

/** Hears from the browser how answers came. It tells of the bytes where the BFF lets it: in development. */
class Timing {
  #entries: PerformanceResourceTiming[] = [];
  #told = () => {};
  #observer = new PerformanceObserver((list) => {
    this.#entries.push(...(list.getEntries() as PerformanceResourceTiming[]));
    this.#told();
  });

  constructor() {
    this.#observer.observe({ type: "resource" });
  }

  /** Bytes of the body that came from there, as it was sent. */
  async bodyBytes(url: string): Promise<number | undefined> {
    const found = () => this.#entries.find((it) => it.name === url);
    if (!found()) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, TIMING_MS);
        this.#told = () => {
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

/** Thrown where a document has no plan: what is wrong with it. */
export class NoPlan extends Error {
  constructor(readonly problems: string[]) {
    super(problems.join("; "));
  }
}

/** The plan of a document's only operation, without running it. */
export async function planOf(client: Client, document: string, signal: AbortSignal): Promise<Plan> {
  const response = await fetch(`/api/plan?client=${encodeURIComponent(client.name)}`, {
    method: "POST",
    headers: { "content-type": "text/plain" },
    body: document,
    signal,
  });
  if (response.status === 422) {
    throw new NoPlan(((await response.json()) as { problems: string[] }).problems);
  }
  if (!response.ok) throw new Error(`The page's server answered ${response.status}.`);
  return (await response.json()) as Plan;
}
