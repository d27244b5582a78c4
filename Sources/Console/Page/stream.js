// The stream of events: gathered, thinned, and handed on at most twice a second.

const INTERVAL = 500;
/** Events of a kind that are kept between two batches; older ones are counted and thrown away unread. */
const ROOM = 50;
/** Messages and sessions a second that the page asks for. */
const SAMPLE = 40;

/**
 * Follows `/api/events` while the page is visible: a browser has six connections per host, and a hidden tab holds none.
 * Each stream begins at the present: a thinned one that made up for an hour would bring its first seconds alone.
 *
 * `onBatch` gets `{ message, session, rates, rules, reset, skipped }`; `onState` gets `live`, `lost` or `hidden`.
 */
export class Stream {
  #source = null;
  #retry = 0;
  #waiting = null;
  #timer = null;
  #buffers = { message: [], session: [], rates: [], rules: [], reset: [] };
  #skipped = 0;

  constructor(onBatch, onState) {
    this.onBatch = onBatch;
    this.onState = onState;
  }

  start() {
    document.addEventListener("visibilitychange", () => document.hidden ? this.#hide() : this.#open());
    if (!document.hidden) this.#open();
  }

  #open() {
    if (this.#source) return;
    clearTimeout(this.#waiting);
    const source = new EventSource(`/api/events?sample=${SAMPLE}`);
    this.#source = source;
    source.onopen = () => { this.#retry = 0; this.onState("live"); };
    // The browser gives up for good after some errors and not after others; here is one way for all.
    source.onerror = () => {
      this.#close();
      this.onState("lost");
      this.#retry = Math.min(this.#retry + 1, 5);
      this.#waiting = setTimeout(() => this.#open(), this.#retry * 1000);
    };
    for (const kind of Object.keys(this.#buffers)) {
      source.addEventListener(kind, event => this.#take(kind, event));
    }
  }

  #close() {
    this.#source?.close();
    this.#source = null;
    clearTimeout(this.#waiting);
  }

  #hide() {
    this.#close();
    this.onState("hidden");
  }

  #take(kind, event) {
    const buffer = this.#buffers[kind];
    buffer.push(event.data);
    if (buffer.length >= 2 * ROOM) this.#skipped += buffer.splice(0, ROOM).length;
    this.#timer ??= setTimeout(() => this.#flush(), INTERVAL);
  }

  #flush() {
    this.#timer = null;
    const batch = { skipped: this.#skipped };
    for (const [kind, buffer] of Object.entries(this.#buffers)) {
      batch.skipped += Math.max(0, buffer.length - ROOM);
      batch[kind] = buffer.slice(-ROOM).map(parse).filter(Boolean);
      buffer.length = 0;
    }
    this.#skipped = 0;
    this.onBatch(batch);
  }
}

function parse(text) {
  try { return JSON.parse(text); } catch { return null; }
}
