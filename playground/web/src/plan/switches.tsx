/** Switches that turn RPCs of the services off, to see what a client then gets. */

import { useEffect, useState } from "react";

import { shortRpc } from "./text";

/** The behaviour of an RPC when it is called. */
type Manner = "works" | "down" | "slow";

interface Switched {
  rpc: string;
  manner: Manner;
}

/** The RPCs that do not work, and a function that changes what one does. */
export interface Switches {
  off: Switched[];
  problem: string | undefined;
  turn(rpc: string, manner: Manner): void;
}

async function switched(init?: RequestInit): Promise<Switched[]> {
  const response = await fetch("/api/services", init);
  const body: unknown = await response.json();
  if (!response.ok) throw new Error((body as { problem: string }).problem);
  return body as Switched[];
}

export function useSwitches(): Switches {
  const [off, setOff] = useState<Switched[]>([]);
  const [problem, setProblem] = useState<string>();
  const failed = (error: unknown) => setProblem(String(error));
  useEffect(() => {
    switched().then(setOff, failed);
  }, []);
  const turn = (rpc: string, manner: Manner) => {
    const headers = { "content-type": "application/json" };
    switched({ method: "PUT", headers, body: JSON.stringify({ rpc, manner }) }).then((now) => {
      setOff(now);
      setProblem(undefined);
    }, failed);
  };
  return { off, problem, turn };
}

export function Switch({ rpc, switches }: { rpc: string; switches: Switches }) {
  const manner = switches.off.find((it) => it.rpc === rpc)?.manner ?? "works";
  return (
    <select
      className={manner === "works" ? undefined : "off"}
      aria-label={`${shortRpc(rpc)} now`}
      value={manner}
      onChange={(event) => switches.turn(rpc, event.target.value as Manner)}
    >
      <option value="works">works</option>
      <option value="down">is down</option>
      <option value="slow">is slow</option>
    </select>
  );
}

/** Says which RPCs do not work, for all clients, and turns them on again. */
export function TurnedOff({ switches }: { switches: Switches }) {
  const { off, problem, turn } = switches;
  return (
    <>
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {off.length > 0 && (
        <p role="status" className="turned-off">
          Turned off for all clients: {off.map((it) => shortRpc(it.rpc)).join(", ")}.{" "}
          <button type="button" onClick={() => off.forEach((it) => turn(it.rpc, "works"))}>
            Turn on again
          </button>
        </p>
      )}
    </>
  );
}
