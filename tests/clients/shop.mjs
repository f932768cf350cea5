// The three BFFs of the shop `run.sh` has opened.

const url = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start this by run.sh`);
  return value;
};

// Who asks, as development mode takes it.
export const bffs = [
  { name: 'mobile', url: url('MOBILE_URL'), headers: { 'x-user-id': 'user-ada-lindqvist' } },
  { name: 'web', url: url('WEB_URL'), headers: { 'x-user-id': 'user-ada-lindqvist' } },
  { name: 'iot', url: url('IOT_URL'), headers: { 'x-device-id': 'shelf-0001' } },
];

// `fetch` with the headers of a caller besides its own.
export const fetchAs = (headers) => (input, init = {}) => {
  const all = new Headers(init.headers);
  for (const [name, value] of Object.entries(headers)) all.set(name, value);
  return fetch(input, { ...init, headers: all });
};
