/** Who is signed in at a client of browsers, and the way in and out. */

import { useEffect, useState } from "react";

import { origin, type Client } from "./clients";

interface Me {
  user: { id: string } | null;
}

/** The URL at which a browser signs in and comes back to this page. */
function loginOf(login: string): string {
  return `${login}?return_to=${encodeURIComponent(location.href)}`;
}

export function Account({ client, login }: { client: Client; login: string }) {
  const [me, setMe] = useState<Me>();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    fetch(`${origin(client)}/auth/me`, { credentials: "include" })
      .then((response) => response.json() as Promise<Me>)
      .then(setMe, () => setFailed(true));
  }, [client]);
  const leave = async () => {
    const response = await fetch(`${origin(client)}/auth/logout`, {
      method: "POST",
      credentials: "include",
      headers: { "x-csrf": "1" },
    });
    if (response.ok) setMe({ user: null });
    else setFailed(true);
  };
  if (failed) return <p className="account">The sign-in of this client does not answer.</p>;
  if (!me) return <p className="account" />;
  return (
    <p className="account">
      {me.user ? (
        <>
          {me.user.id}{" "}
          <button type="button" onClick={() => void leave()}>
            Sign out
          </button>
        </>
      ) : (
        <a href={loginOf(login)}>Sign in</a>
      )}
    </p>
  );
}
