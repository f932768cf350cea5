/** A page of another site, and whatever it can try in the name of a session that the browser has. */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import type { BrowserContext, Page } from "playwright-core";

import type { Shop } from "./shop";

/** Serves an empty page on a site that is none of the shop's: ports do not tell sites apart, host names do. */
export async function openOtherSite(): Promise<Shop> {
  const server = createServer((_, response) => {
    response.setHeader("content-type", "text/html");
    response.end("<!DOCTYPE html><title>Another site</title>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    page: `http://127.0.0.1:${port}/`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Whatever a page can read of the web shop, by requests of each shape and by a frame. */
export async function readBy(attacker: Page, web: string): Promise<string[]> {
  return attacker.evaluate(async (web) => {
    const add = { idempotencyKey: "of-another-site", productId: "UHJvZHVjdDprZXR0bGUtZ29vc2VuZWNrLTA5", quantity: 3 };
    const mutation = "mutation($input: CartAddInput!) { cartAdd(input: $input) { cart { count } } }";
    const body = JSON.stringify({ query: mutation, variables: { input: add } });
    const query = new URLSearchParams({ query: "{ viewer { id } }" }).toString();
    const shapes: [string, RequestInit][] = [
      ...["application/json", "text/plain", "application/x-www-form-urlencoded"].map((type): [string, RequestInit] => [
        "/graphql",
        { method: "POST", body, headers: { "content-type": type } },
      ]),
      ["/graphql", { method: "POST", body, mode: "no-cors" }],
      [`/graphql?${query}`, {}],
      [`/graphql?${query}`, { headers: { "content-type": "application/json" } }],
      ["/auth/me", {}],
      ["/auth/sessions", {}],
      ["/auth/sessions", { method: "DELETE" }],
      ["/auth/sessions", { method: "DELETE", headers: { "x-csrf": "1" } }],
      ["/auth/logout", { method: "POST" }],
      ["/auth/logout", { method: "POST", mode: "no-cors" }],
      ["/auth/logout", { method: "POST", headers: { "x-csrf": "1" } }],
    ];
    const read: string[] = [];
    for (const [path, init] of shapes) {
      try {
        const answer = await fetch(web + path, { credentials: "include", ...init });
        if (answer.type !== "opaque") read.push(`${path}: ${await answer.text()}`);
      } catch {
        // The browser shows this page nothing.
      }
    }
    const frame = document.createElement("iframe");
    frame.src = `${web}/auth/me`;
    const loaded = new Promise((resolve) => frame.addEventListener("load", resolve));
    document.body.append(frame);
    await loaded;
    try {
      read.push(`frame: ${frame.contentDocument?.body.innerText ?? ""}`.replace(/^frame: $/, ""));
    } catch {
      // Nor this.
    }
    return read.filter((it) => it !== "");
  }, web);
}

/** The answers to forms, which leave the page and need no permission of the other site. */
export async function submittedBy(context: BrowserContext, other: Shop, web: string): Promise<[string, number][]> {
  const answers: [string, number][] = [];
  for (const [path, enctype] of [
    ["/graphql", "text/plain"],
    ["/graphql", "application/x-www-form-urlencoded"],
    ["/auth/logout", "application/x-www-form-urlencoded"],
  ] as const) {
    // A page for each: the next could not be opened while the form before still leads away.
    const attacker = await context.newPage();
    await attacker.goto(other.page);
    const [answer] = await Promise.all([
      attacker.waitForResponse((it) => it.url().startsWith(web)),
      attacker.evaluate(
        ([action, enctype]) => {
          const form = document.createElement("form");
          const field = document.createElement("input");
          Object.assign(field, { name: '{"query":"mutation { cartRemove', value: '"}' });
          Object.assign(form, { action, enctype, method: "post" });
          form.append(field);
          document.body.append(form);
          // Once this function has returned, since nothing of the page is left then.
          setTimeout(() => form.submit());
        },
        [web + path, enctype] as const,
      ),
    ]);
    answers.push([path, answer.status()]);
    await attacker.close();
  }
  return answers;
}
