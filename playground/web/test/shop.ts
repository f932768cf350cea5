/** A shop of its own for the tests, and a browser that is watched. */

import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

import { chromium, type Browser, type Page } from "playwright-core";

// `test.sh` runs this in the folder of the web application.
const workspace = resolve("../..");
const artefacts = resolve("artefacts");

/** A program and where it is told to be, by `test.sh`. */
function told(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; run playground/web/test.sh`);
  return value;
}

export interface Shop {
  page: string;
  stop(): Promise<void>;
}

/** Starts the shop on ports nobody has, and waits until it serves the page that was asked for. */
export async function openShop(flags: string[] = []): Promise<Shop> {
  const ports = ["--page", "0", "--mobile", "0", "--web", "0", "--iot", "0", "--domain", "0", "--log", "playground=info,warn"];
  const child = spawn(told("PLAYGROUND"), [...ports, ...flags], {
    cwd: workspace,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const kill = () => void child.kill("SIGKILL");
  process.once("exit", kill);
  let page = "";
  for await (const line of createInterface({ input: child.stdout })) {
    page = /^\s*page\s+(\S+)/.exec(line)?.[1] ?? page;
    if (line.includes("Ctrl-C")) break;
  }
  if (!page) throw new Error("the shop did not open");
  for (;;) {
    const { stage } = (await (await fetch(`${page}/api/page`)).json()) as { stage: string };
    if (stage === "failed") throw new Error("the page could not be built");
    if (stage !== "building") break;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  // The same origin as people type it.
  return {
    page: page.replace("127.0.0.1", "localhost"),
    stop: async () => {
      await ended(child);
      process.off("exit", kill);
    },
  };
}

async function ended(child: ChildProcess): Promise<void> {
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGINT");
  await exit;
}

export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: told("CHROMIUM"),
    // Containers run as root, and their shared memory is small.
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
  });
}

/** A window that notes where its requests went and what went wrong. */
export interface Window {
  page: Page;
  hosts: Set<string>;
  problems: string[];
}

export async function openWindow(
  browser: Browser,
  options: { width: number; height: number; dark?: boolean },
): Promise<Window> {
  const context = await browser.newContext({
    viewport: { width: options.width, height: options.height },
    colorScheme: options.dark ? "dark" : "light",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const hosts = new Set<string>();
  const problems: string[] = [];
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol !== "data:" && url.protocol !== "blob:") hosts.add(url.hostname);
  });
  context.on("requestfailed", (request) => {
    // Answers nobody waits for any more: a plan asked for while the operation was still being typed.
    if (request.failure()?.errorText !== "net::ERR_ABORTED") problems.push(`${request.url()} failed`);
  });
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  return { page, hosts, problems };
}

/** Keeps what a window shows. */
export async function picture(page: Page, name: string, fullPage = false): Promise<void> {
  mkdirSync(artefacts, { recursive: true });
  await page.screenshot({ path: join(artefacts, `${name}.png`), fullPage });
}
