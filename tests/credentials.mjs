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

// A demo user at the web shop's BFF, with a session of its own.
export const browser = async (id) => ({ cookie: await (await got(`/api/session?user=${id}`)).text() });

// The demo device at the devices' BFF.
export const device = async () => {
  const { clients } = await (await got('/api/clients.json')).json();
  return clients.find(({ name }) => name === 'iot').headers;
};
