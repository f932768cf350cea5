// Headers that sign in at the shop that `open-shop.sh` has opened.

const page = process.env.PAGE_URL;
if (!page) throw new Error('PAGE_URL is not set: start this by run.sh');

const got = async (path) => {
  const response = await fetch(new URL(path, page));
  if (!response.ok) throw new Error(`the shop answers ${response.status} for ${path}`);
  return response;
};

// A demo user at the phone app's BFF.
export const user = async (id) => {
  const token = await (await got(`/api/phone-token?user=${id}`)).text();
  return { authorization: `Bearer ${token}` };
};

// A demo user at a BFF of the web shop, with a session of its own: a login, step by step.
export const browser = async (id, url = process.env.WEB_URL) => {
  const step = async (to, init) => {
    const response = await fetch(to, { redirect: 'manual', ...init });
    const location = response.headers.get('location');
    if (!location) throw new Error(`${response.status} from ${to}: ${await response.text()}`);
    const cookies = response.headers.getSetCookie().map((it) => it.split(';')[0]);
    return { location, cookie: cookies.find((it) => !it.endsWith('=')) };
  };
  const begun = await step(new URL('/auth/login', url));
  const [provider, request] = begun.location.split('?');
  const chosen = await step(provider, { method: 'POST', body: new URLSearchParams(`${request}&demo_user=${id}`) });
  const { cookie } = await step(chosen.location, { headers: { cookie: begun.cookie } });
  return { cookie };
};

// The demo device at the devices' BFF.
export const device = async () => {
  const { clients } = await (await got('/api/clients.json')).json();
  return clients.find(({ name }) => name === 'iot').headers;
};
