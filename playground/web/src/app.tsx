/** The page: a part for each client, and one that compares them. */

import { useEffect, useId, useState, useSyncExternalStore } from "react";

import { loadClients, type Clients } from "./clients";
import { Compare } from "./compare/compare";
import { Explorer } from "./explorer";
import { useTheme, type Choice } from "./theme";

const COMPARE = "compare";

/** The shown part of the page, which the address names behind `#/`. */
function useRoute(): string {
  const subscribe = (listen: () => void) => {
    addEventListener("hashchange", listen);
    return () => removeEventListener("hashchange", listen);
  };
  return useSyncExternalStore(subscribe, () => location.hash.replace(/^#\//, ""));
}

export function App() {
  const [known, setKnown] = useState<Clients>();
  const [failed, setFailed] = useState("");
  const route = useRoute();
  const { theme, choice, choose } = useTheme();
  useEffect(() => {
    loadClients().then(setKnown, (error: unknown) => setFailed(String(error)));
  }, []);
  const client = known?.clients.find((it) => it.name === route) ?? known?.clients[0];
  const comparing = route === COMPARE;
  const title = comparing ? "Compare" : client?.title;
  useEffect(() => {
    document.title = title ? `${title} · Playground` : "Playground";
  }, [title]);
  return (
    <>
      <a
        className="skip"
        href="#main"
        onClick={(event) => {
          // The address behind # names the shown part, and must not change.
          event.preventDefault();
          document.getElementById("main")?.focus();
        }}
      >
        Skip to the content
      </a>
      <header className="top">
        <h1>Playground</h1>
        <nav aria-label="Clients">
          <ul>
            {known?.clients.map((it) => (
              <li key={it.name}>
                <a href={`#/${it.name}`} aria-current={!comparing && it === client ? "page" : undefined}>
                  {it.title}
                </a>
              </li>
            ))}
            {known && (
              <li>
                <a href={`#/${COMPARE}`} aria-current={comparing ? "page" : undefined}>
                  Compare
                </a>
              </li>
            )}
          </ul>
        </nav>
        <Colours choice={choice} choose={choose} />
      </header>
      {known?.problems.map((problem) => (
        <p key={problem} className="problem" role="status">
          {problem}
        </p>
      ))}
      <main id="main" tabIndex={-1} aria-label={title}>
        {failed && (
          <p className="problem" role="alert">
            {failed}
          </p>
        )}
        {known && comparing && <Compare clients={known.clients} />}
        {client && !comparing && <Explorer key={client.name} client={client} theme={theme} />}
      </main>
    </>
  );
}

function Colours({ choice, choose }: { choice: Choice; choose: (choice: Choice) => void }) {
  const id = useId();
  return (
    <div className="colours">
      <label htmlFor={id}>Colours</label>
      <select id={id} value={choice} onChange={(event) => choose(event.target.value as Choice)}>
        <option value="system">system</option>
        <option value="light">light</option>
        <option value="dark">dark</option>
      </select>
    </div>
  );
}
