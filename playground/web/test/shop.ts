/** A shop of its own for the tests, and a browser whose requests and errors are recorded. */

import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";

import { chromium, type Browser, type Page } from "playwright-core";

// `test.sh` runs this in the folder of the web application.
const workspace = resolve("../..");
const artefacts = resolve("artefacts");

/** The path of a program, from the variable of the environment that `test.sh` sets. */
function pathIn(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; run playground/web/test.sh`);
  return value;
}

export interface Shop {
  page: string;
  stop(): Promise<void>;
}

/** Starts the shop on free ports, and waits until it serves its final page: the plain one with `--plain`. */
export async function openShop(flags: string[] = []): Promise<Shop> {
  const parts = ["page", "mobile", "web", "iot", "provider", "domain"];
  const ports = [...parts.flatMap((part) => [`--${part}`, "0"]), "--log", "playground=info,warn"];
  const child = spawn(pathIn("PLAYGROUND"), [...ports, ...flags], {
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
  // The host name that people type, instead of the address.
  return {
    page: page.replace("127.0.0.1", "localhost"),
    stop: async () => {
      await ended(child);
      process.off("exit", kill);
    },
  };
}

/** A BFF that is none of the shop. */
export interface Foreign {
  address: string;
  stop(): Promise<void>;
}

/** Starts the boutique's BFF, which is built beside the shop's programs, without the services behind it. */
export async function openBoutique(): Promise<Foreign> {
  const program = join(dirname(pathIn("PLAYGROUND")), "boutique");
  const child = spawn(program, ["--mode", "development", "--listen", "127.0.0.1:0"], {
    cwd: join(workspace, "examples/boutique"),
    stdio: ["ignore", "ignore", "pipe"],
  });
  const kill = () => void child.kill("SIGKILL");
  process.once("exit", kill);
  const address = await new Promise<string>((resolve, reject) => {
    child.once("exit", () => reject(new Error("the boutique's BFF did not open")));
    createInterface({ input: child.stderr }).on("line", (line) => {
      const address = /listens on (\S+)/.exec(line)?.[1];
      if (address) resolve(address);
    });
  });
  return {
    address: `http://${address}`,
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
    executablePath: pathIn("CHROMIUM"),
    // Containers run as root, and their shared memory is small.
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
  });
}

/** A window, with the hosts of its requests and the errors it had. */
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
    // A plan that was requested while the operation was still being typed is aborted, and no problem.
    if (request.failure()?.errorText !== "net::ERR_ABORTED") problems.push(`${request.url()} failed`);
  });
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  return { page, hosts, problems };
}

/** Saves a screenshot of a window in `artefacts`. */
export async function picture(page: Page, name: string, fullPage = false): Promise<void> {
  mkdirSync(artefacts, { recursive: true });
  await page.screenshot({ path: join(artefacts, `${name}.png`), fullPage });
}
