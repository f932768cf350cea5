/** Tests of the page in a browser, against a whole shop. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { Browser, Page, Response } from "playwright-core";

import { openOtherSite, readBy, submittedBy } from "./other-site";
import { openBoutique, openBrowser, openShop, openWindow, picture, type Shop } from "./shop";

const LAPTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

let shop: Shop;
let browser: Browser;

before(async () => {
  [shop, browser] = await Promise.all([openShop(), openBrowser()]);
});

after(async () => {
  await browser?.close();
  await shop?.stop();
});

/** Opens a part of the page and waits until it can be used. */
async function open(page: Page, part: string): Promise<void> {
  await page.goto(`${shop.page}/#/${part}`);
  if (part === "compare") {
    await page.getByRole("heading", { name: "Shelf devices" }).waitFor();
  } else {
    await page.locator(".graphiql-query-editor .view-line").first().waitFor();
    await page.locator(".totals").waitFor();
  }
}

/** Waits until the answer shows a text. Blanks in the editor are no-break spaces. */
async function answered(page: Page, text: RegExp): Promise<void> {
  await page.locator(".result-window .view-lines").filter({ hasText: text }).waitFor();
}

/** Signs a demo user in at the web shop, and comes back. */
async function signIn(page: Page, user: string): Promise<void> {
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.getByRole("button", { name: user }).click();
  await page.getByRole("button", { name: "Sign out" }).waitFor();
}

async function run(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Execute query/ }).click();
}

/** The width of the page beyond its window, in pixels. */
async function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

test("a typed query is completed, planned and answered", async () => {
  const { page, problems } = await openWindow(browser, LAPTOP);
  await open(page, "mobile");
  const editor = page.getByRole("group", { name: /^Operation/ });
  await editor.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.press("Delete");
  await page.keyboard.type("query Typed { cat");
  await page.locator(".suggest-widget .monaco-list-row").filter({ hasText: "categories" }).first().waitFor();
  await picture(page, "completion");
  await page.keyboard.press("Enter");
  await page.keyboard.type(" { name");
  await page.keyboard.press("Escape");
  await page.getByRole("heading", { name: "query Typed" }).waitFor();
  await page.keyboard.press("ControlOrMeta+Enter");
  await answered(page, /"name":\s"Coffee/);
  await page.getByText(/Status 200, 1 call to services/).waitFor();
  assert.deepEqual(problems, []);
  await page.context().close();
});

test("an example comes with its variables, headers, plan, failures and run", async () => {
  const { page, hosts, problems } = await openWindow(browser, LAPTOP);
  await open(page, "mobile");
  await page.getByLabel("Example").selectOption("Product");
  await page.getByRole("heading", { name: "query Product" }).waitFor();
  await page.getByRole("heading", { name: "CatalogService/BatchGetProducts" }).waitFor();
  const failures = page.getByRole("table", { name: "Failures, by RPC" });
  await failures.getByText("product.price is null, degraded").waitFor();
  await page.locator(".graphiql-editor-tool .view-lines").filter({ hasText: "withReviews" }).waitFor();
  await run(page);
  await answered(page, /Gooseneck\sKettle/);
  await page.getByText(/^Answered in .* of .* at worst/).waitFor();
  assert.ok((await page.locator(".waterfall .bar").count()) >= 3);
  await picture(page, "example");
  await page.getByText("The run as a table").click();
  const rows = page.getByRole("table", { name: /^Planned and observed calls of Product/ }).getByRole("row");
  assert.ok((await rows.count()) >= 4);
  await page.getByLabel(/on the scale of the deadline/).check();
  await picture(page, "waterfall");
  await page.getByRole("button", { name: "Headers" }).click();
  await page.locator(".graphiql-editor-tool .view-lines").filter({ hasText: "authorization" }).waitFor();
  await page.getByRole("button", { name: /Documentation Explorer/ }).click();
  await page.getByText("Root Types").waitFor();
  await picture(page, "documentation");
  assert.deepEqual([...hosts], ["localhost"]);
  assert.deepEqual(problems, []);
  await page.context().close();
});

test("a service that is turned off does to the answer what the plan says, until it is turned on again", async () => {
  const { page, problems } = await openWindow(browser, LAPTOP);
  await open(page, "mobile");
  await page.getByLabel("Example").selectOption("Product");
  await page.getByRole("heading", { name: "query Product" }).waitFor();
  const failures = page.getByRole("table", { name: "Failures, by RPC" });
  const prices = failures.getByRole("row").filter({ hasText: "PricingService/BatchGetPrices" });
  assert.match(await prices.innerText(), /product\.price is null, degraded/);
  const now = page.getByLabel("PricingService/BatchGetPrices now");
  const answer = async () => {
    const isAnswer = (it: Response) => it.url().endsWith("/graphql") && it.request().method() === "POST";
    const [response] = await Promise.all([page.waitForResponse(isAnswer), run(page)]);
    return (await response.json()) as { data: { product: { price: unknown } }; extensions: { degraded?: { code: string }[] } };
  };
  for (const [manner, code] of [["is down", "UPSTREAM_UNAVAILABLE"], ["is slow", "UPSTREAM_TIMEOUT"]] as const) {
    await now.selectOption(manner);
    await page.getByText(/^Turned off for all clients: PricingService/).waitFor();
    for (;;) {
      const off = (await (await fetch(`${shop.page}/api/services`)).json()) as { manner: string }[];
      if (off.some((it) => manner.endsWith(it.manner))) break;
    }
    const { data, extensions } = await answer();
    assert.equal(data.product.price, null);
    assert.ok(extensions.degraded?.some((it) => it.code === code), JSON.stringify(extensions.degraded));
  }
  await picture(page, "turned-off");
  await page.getByRole("button", { name: "Turn on again" }).click();
  await page.getByText(/^Turned off for all clients/).waitFor({ state: "detached" });
  assert.equal(await now.inputValue(), "works");
  const whole = await answer();
  assert.notEqual(whole.data.product.price, null);
  assert.deepEqual(problems, []);
  await page.context().close();
});

test("an operation of a release that differs from today's is an example as well", async () => {
  const { page, problems } = await openWindow(browser, LAPTOP);
  await open(page, "mobile");
  const group = page.locator('optgroup[label="Release 5.0.0"]');
  await group.waitFor({ state: "attached" });
  await page.getByLabel("Example").selectOption("Home@5.0.0");
  await page.locator(".graphiql-query-editor .view-lines").filter({ hasText: "formatted" }).waitFor();
  await page.getByRole("heading", { name: "query Home" }).waitFor();
  await run(page);
  await answered(page, /"formatted"/);
  assert.deepEqual(problems, []);
  await page.context().close();
});

test("every client has its own editor, examples and principal", async () => {
  const { page, problems } = await openWindow(browser, LAPTOP);
  await open(page, "mobile");
  await page.getByRole("link", { name: "Web shop" }).click();
  await page.getByRole("heading", { name: "query ProductPage" }).waitFor();
  await signIn(page, "Ada L.");
  await page.getByLabel("Example").selectOption("Dashboard");
  await page.getByRole("heading", { name: "query Dashboard" }).waitFor();
  await run(page);
  await answered(page, /"dashboard"/);
  // Three producers lead to calls of one RPC, and the label of each bar names its producer.
  for (const producer of ["cart", "orders", "recommendations"]) {
    await page.locator(".wave-label").filter({ hasText: `BatchGetProducts for ${producer}` }).first().waitFor();
  }
  await picture(page, "web");
  await page.getByRole("link", { name: "Shelf devices" }).click();
  await page.getByRole("heading", { name: "query Shelf" }).waitFor();
  await run(page);
  await answered(page, /"label":\s"Gooseneck/);
  assert.deepEqual(problems, []);
  await page.context().close();
});

test("a browser signs in at the web shop, changes the cart and signs out", async () => {
  const { page, hosts, problems } = await openWindow(browser, LAPTOP);
  await open(page, "web");
  const count = async () => {
    const isAnswer = (it: Response) => it.url().endsWith("/graphql") && it.request().method() === "POST";
    const [response] = await Promise.all([page.waitForResponse(isAnswer), run(page)]);
    return JSON.stringify(await response.json());
  };
  await page.getByLabel("Example").selectOption("CartPage");
  await page.getByRole("heading", { name: "query CartPage" }).waitFor();
  assert.match(await count(), /"cart":null/);
  await signIn(page, "Ada L.");
  const cookies = await page.context().cookies();
  const session = cookies.find((it) => it.name === "__Host-session");
  assert.ok(session, "there is no session");
  const { secure, httpOnly, sameSite, path, domain, expires } = session;
  assert.deepEqual(
    { secure, httpOnly, sameSite, path, domain, expires },
    { secure: true, httpOnly: true, sameSite: "Lax", path: "/", domain: "localhost", expires: -1 },
  );
  assert.deepEqual(cookies.filter((it) => it.name.startsWith("__Host-login")), []);
  await page.getByLabel("Example").selectOption("CartAdd");
  await page.getByRole("heading", { name: "mutation CartAdd" }).waitFor();
  assert.match(await count(), /"userErrors":\[\]/);
  await page.getByLabel("Example").selectOption("CartPage");
  await page.getByRole("heading", { name: "query CartPage" }).waitFor();
  assert.doesNotMatch(await count(), /"cart":null/);
  await picture(page, "signed-in");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("link", { name: "Sign in" }).waitFor();
  assert.match(await count(), /"cart":null/);
  assert.deepEqual([...hosts], ["localhost", "127.0.0.1"]);
  assert.deepEqual(problems, []);
  await page.context().close();
});

test("a page of another site can do nothing in the name of a session", async () => {
  const { page } = await openWindow(browser, LAPTOP);
  await open(page, "web");
  const login = await page.getByRole("link", { name: "Sign in" }).getAttribute("href");
  assert.ok(login);
  const web = new URL(login).origin;
  await signIn(page, "Ada L.");
  /** What the shop's own page sees. */
  const seen = () =>
    page.evaluate(async (web) => {
      const own = { credentials: "include", headers: { "content-type": "application/json" } } as const;
      const body = JSON.stringify({ query: "{ cart { count } viewer { id } }" });
      const answer = await fetch(`${web}/graphql`, { ...own, method: "POST", body });
      const sessions = await fetch(`${web}/auth/sessions`, own);
      const data: unknown = await answer.json();
      return JSON.stringify([data, ((await sessions.json()) as { sessions: unknown[] }).sessions.length]);
    }, web);
  const before = await seen();
  assert.match(before, /"count":\d+.*"viewer":\{/);

  const other = await openOtherSite();
  try {
    assert.notEqual(new URL(other.page).hostname, new URL(web).hostname);
    const attacker = await page.context().newPage();
    await attacker.goto(other.page);
    assert.deepEqual(await readBy(attacker, web), []);
    const submitted = await submittedBy(page.context(), other, web);
    assert.ok(submitted.every(([, status]) => status >= 400 && status < 500), JSON.stringify(submitted));
    assert.equal(await seen(), before);
  } finally {
    await other.stop();
  }
  await page.context().close();
});

test("an operation that does not fit the schema has no plan, and the panel shows the reason", async () => {
  const { page } = await openWindow(browser, LAPTOP);
  await open(page, "iot");
  await page.getByRole("group", { name: /^Operation/ }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("ControlOrMeta+A");
  // The editor closes the bracket.
  await page.keyboard.insertText("{ nonsense ");
  await page.getByRole("status").filter({ hasText: "nonsense" }).waitFor();
  await page.context().close();
});

test("a BFF that is none of the shop is opened by its address", async (context) => {
  const boutique = await openBoutique();
  context.after(boutique.stop);
  const beside = await openShop(["--bff", boutique.address]);
  context.after(beside.stop);
  const { page, hosts, problems } = await openWindow(browser, LAPTOP);
  await page.goto(`${beside.page}/#/boutique-0`);
  await page.locator(".graphiql-query-editor .view-line").first().waitFor();
  await page.getByLabel("Example").selectOption("Product");
  await page.getByRole("heading", { name: "query Product" }).waitFor();
  await page.getByRole("heading", { name: "CurrencyService/Convert" }).waitFor();
  await page.getByText("all of it is sent").first().waitFor();
  await run(page);
  // The services behind it are not there.
  await answered(page, /UPSTREAM_UNAVAILABLE/);
  await page.getByText(/Status 200, /).waitFor();
  await picture(page, "boutique");
  assert.deepEqual([...hosts], ["localhost"]);
  assert.deepEqual(problems, []);
  await page.context().close();
});

test("a product is compared as the three clients see it", async () => {
  const { page, hosts, problems } = await openWindow(browser, LAPTOP);
  await open(page, "compare");
  await page.getByLabel("Search the shop").fill("kettle");
  await page.getByRole("button", { name: "Search" }).click();
  const kettle = page.getByLabel("Product", { exact: true }).locator("option", { hasText: "Gooseneck Kettle 0.9 l" });
  await kettle.waitFor({ state: "attached" });
  await page.getByLabel("Product", { exact: true }).selectOption({ label: "Gooseneck Kettle 0.9 l" });
  await page.getByText("Showing Gooseneck Kettle 0.9 l").waitFor({ state: "attached" });
  for (const [client, rpc, answer] of [
    ["Phone app", "CatalogService/", "Gooseneck Kettle"],
    ["Web shop", "ReviewService/", "specifications"],
    ["Shelf devices", "InventoryService/", "inStock"],
  ] as const) {
    const card = page.getByRole("region", { name: client, exact: true });
    await card.getByRole("rowheader", { name: rpc }).first().waitFor();
    await card.getByRole("region", { name: `Answer of ${client}` }).getByText(answer).waitFor();
  }
  const figures = page.getByRole("region", { name: "In figures" });
  const bytes = async (client: string, column: number) => {
    const row = figures.getByRole("row", { name: client });
    return Number((await row.getByRole("cell").nth(column).innerText()).replace(",", ""));
  };
  const of = async (client: string) => ({ wire: await bytes(client, 0), text: await bytes(client, 1) });
  const [web, mobile, iot] = [await of("Web shop"), await of("Phone app"), await of("Shelf devices")];
  const all = JSON.stringify([web, mobile, iot]);
  assert.ok(web.wire > 5 * mobile.wire && mobile.wire > 5 * iot.wire && iot.wire > 10, all);
  // The long answer is compressed, the short ones are too short for it.
  assert.ok(web.wire < web.text / 2, JSON.stringify(web));
  assert.deepEqual([mobile.wire, iot.wire], [mobile.text, iot.text]);
  await picture(page, "compare", true);
  assert.deepEqual([...hosts], ["localhost"]);
  assert.deepEqual(problems, []);
  await page.context().close();
});

test("the main controls are reached by keyboard, and an editor is left again", async () => {
  const { page } = await openWindow(browser, LAPTOP);
  await open(page, "mobile");
  const reached: string[] = [];
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press("Tab");
    const name = await page.evaluate(() => {
      const element = document.activeElement;
      const label = element?.id ? document.querySelector(`label[for="${CSS.escape(element.id)}"]`) : undefined;
      return element?.getAttribute("aria-label") ?? label?.textContent ?? element?.textContent ?? "";
    });
    reached.push(name);
    if (/Result/.test(name)) break;
  }
  const order = [
    "Skip to the content", "Phone app", "Web shop", "Shelf devices", "Compare", "Colours", "Plan",
    "Failures", "Example", "Operation", "Execute query", "Variables", "Headers", "Result",
  ];
  const places = order.map((name) => reached.findIndex((it) => it.includes(name)));
  const missing = order.filter((_, at) => places[at] === -1 && order[at] !== "Failures");
  assert.deepEqual(missing, [], `reached: ${reached.join(" · ")}`);
  await page.getByRole("group", { name: /^Operation/ }).focus();
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement?.tagName), "TEXTAREA");
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.activeElement?.getAttribute("role") === "group");
  await page.keyboard.press("Tab");
  const after = await page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
  assert.match(after ?? "", /Execute query/);
  await page.context().close();
});

for (const dark of [false, true]) {
  test(`a phone shows all of it without scrolling sideways, ${dark ? "dark" : "light"}`, async () => {
    const { page, problems } = await openWindow(browser, { ...PHONE, dark });
    await open(page, "mobile");
    await run(page);
    await answered(page, /"home"/);
    await page.getByText(/^Answered in/).waitFor();
    assert.equal(await overflow(page), 0);
    await picture(page, `phone-${dark ? "dark" : "light"}`, true);
    await open(page, "compare");
    assert.equal(await overflow(page), 0);
    await picture(page, `phone-compare-${dark ? "dark" : "light"}`, true);
    assert.deepEqual(problems, []);
    await page.context().close();
  });
}

test("colours follow the system until somebody chooses", async () => {
  const { page } = await openWindow(browser, { ...LAPTOP, dark: true });
  await open(page, "mobile");
  await run(page);
  await answered(page, /"home"/);
  const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  assert.equal(await background(), "rgb(33, 42, 59)");
  await picture(page, "dark");
  await page.getByLabel("Colours").selectOption("light");
  assert.equal(await background(), "rgb(255, 255, 255)");
  await page.reload();
  await page.locator(".totals").waitFor();
  assert.equal(await background(), "rgb(255, 255, 255)");
  await page.context().close();
});

test("without Node the plain page sends a query and shows the answer", async (context) => {
  const plain = await openShop(["--plain"]);
  context.after(plain.stop);
  const { page, hosts, problems } = await openWindow(browser, LAPTOP);
  await page.goto(plain.page);
  await page.getByRole("button", { name: "Run" }).click();
  await page.locator("#answer").filter({ hasText: '"cartCount"' }).waitFor();
  await picture(page, "plain");
  assert.deepEqual([...hosts], ["localhost"]);
  assert.deepEqual(problems, []);
  await page.context().close();
});
