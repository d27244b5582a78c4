// Requests to the console's API.

/** A request that failed: the status, and where in the rules the fault is, if it is there. */
export class APIError extends Error {
  constructor(status, message, body = {}) {
    super(message);
    this.status = status;
    this.line = body.line;
    this.column = body.column;
  }
}

/** Sends a request; throws an `APIError` unless the status is in the 200s. */
export async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { cache: "no-store", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new APIError(0, "The server does not answer.");
  }
  if (response.ok) return response;
  const text = await response.text();
  let body = {};
  try { body = JSON.parse(text); } catch { body = { error: text.trim() }; }
  throw new APIError(response.status, body.error || `The server answered ${response.status}.`, body);
}

export const getJSON = async (path, options = {}) =>
  (await request(path, { ...options, headers: { Accept: "application/json", ...options.headers } })).json();

export const postText = async (path, body) =>
  (await request(path, { method: "POST", headers: { "Content-Type": "text/plain" }, body })).json();

/** A path with those of the parameters that have a value. */
export function withQuery(path, parameters) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== null && value !== "") query.set(name, value);
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

/** The first bytes of a resource as text, and whether there are more: a message may be huge. */
export async function beginning(path, limit) {
  const reader = (await request(path)).body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  while (size < limit) {
    const { done, value } = await reader.read();
    if (done) return { text: text + decoder.decode(), isWhole: true };
    size += value.length;
    text += decoder.decode(value, { stream: true });
  }
  reader.cancel();
  return { text: text.slice(0, limit), isWhole: false };
}
