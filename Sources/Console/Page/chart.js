// Two small canvases: a sparkline, and ten minutes of messages stacked by outcome.
import { SHAPES, count, short, time } from "./format.js";

export const SECONDS = 600;
const OUTCOMES = ["accepted", "deferred", "refused"];
/** Text and margins, for the page's usual font; they grow with it. */
const [EDGE, FOOT, FONT, USUAL] = [44, 18, 11, 13];

/** Fits a canvas to its place and the screen's pixels; null while it has no size. */
function prepare(canvas) {
  const ratio = devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  if (!width || !height) return null;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  return { pen, width, height };
}

/** Draws values as a line over a faint area, the last at the right, with room for so many; gaps where one is missing. */
export function sparkline(canvas, values, room, color) {
  const place = prepare(canvas);
  if (!place) return;
  const { pen, width, height } = place;
  const highest = Math.max(...values.filter(Number.isFinite), 0) || 1;
  const x = index => width - 1 - (values.length - 1 - index) * (width - 2) / (room - 1);
  const y = value => height - 1.5 - value / highest * (height - 4);
  pen.strokeStyle = pen.fillStyle = color;
  pen.lineWidth = 1.5;
  pen.lineJoin = "round";
  const line = new Path2D();
  let isDown = false;
  values.forEach((value, index) => {
    if (!Number.isFinite(value)) { isDown = false; return; }
    if (isDown) line.lineTo(x(index), y(value)); else line.moveTo(x(index), y(value));
    isDown = true;
  });
  pen.stroke(line);
  if (values.every(Number.isFinite) && values.length > 1) {
    line.lineTo(x(values.length - 1), height);
    line.lineTo(x(0), height);
    pen.globalAlpha = 0.12;
    pen.fill(line);
    pen.globalAlpha = 1;
  }
}

/** The next round number that is not below a number, and whose half is round, too. */
function ceiling(number) {
  const size = 10 ** Math.floor(Math.log10(Math.max(number, 1)));
  return [1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10].map(step => step * size).find(step => step >= number);
}

/** Stripes, so that outcomes differ by more than color. */
function stripes(pen, color, angle) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 6;
  const brush = tile.getContext("2d");
  brush.strokeStyle = color;
  brush.lineWidth = 1.6;
  brush.beginPath();
  for (const shift of [-6, 0, 6]) {
    brush.moveTo(shift, angle > 0 ? 6 : 0);
    brush.lineTo(shift + 6, angle > 0 ? 0 : 6);
  }
  brush.stroke();
  return pen.createPattern(tile, "repeat");
}

/** Ten minutes by outcome, one column a second. */
export class Chart {
  #seconds = [];
  #chosen = null;

  /** `readout` shows the numbers of the second under the pointer, or of the newest. */
  constructor(canvas, readout) {
    this.canvas = canvas;
    this.readout = readout;
    canvas.addEventListener("pointermove", event => this.#choose(this.#secondAt(event.offsetX)));
    canvas.addEventListener("pointerleave", () => this.#choose(null));
    canvas.addEventListener("blur", () => this.#choose(null));
    canvas.addEventListener("keydown", event => {
      const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -60, PageDown: 60 }[event.key];
      if (!step) return;
      event.preventDefault();
      this.#choose(Math.min(this.#last, Math.max(this.#last - SECONDS + 1, (this.#chosen ?? this.#last) + step)));
    });
  }

  get #last() {
    const second = this.#seconds.at(-1);
    return second ? second.second : Math.floor(Date.now() / 1000);
  }

  get #scale() { return parseFloat(getComputedStyle(this.canvas).fontSize) / USUAL; }

  #secondAt(offset) {
    const edge = EDGE * this.#scale;
    const second = Math.round(this.#last - (1 - (offset - edge) / (this.canvas.clientWidth - edge)) * (SECONDS - 1));
    return Math.max(second, this.#last - SECONDS + 1);
  }

  #choose(second) {
    this.#chosen = second;
    this.draw(this.#seconds, this.colors);
  }

  draw(seconds, colors) {
    this.#seconds = seconds;
    this.colors = colors;
    this.#tell();
    const place = prepare(this.canvas);
    if (!place) return;
    const { pen, width, height } = place;
    const last = this.#last;
    const first = last - SECONDS + 1;
    const scale = this.#scale;
    const edge = EDGE * scale;
    const bottom = height - FOOT * scale;
    const highest = ceiling(Math.max(10, ...seconds.map(({ messages }) => messages)));
    const x = second => edge + (second - first) * (width - edge) / (SECONDS - 1);
    const y = value => bottom - value / highest * (bottom - 8);
    pen.font = `${FONT * scale}px ${getComputedStyle(this.canvas).fontFamily}`;
    this.#grid(pen, { edge, width, bottom, highest, x, y, last, colors });
    const base = new Map();
    for (const outcome of OUTCOMES) {
      this.#area(pen, outcome, { base, x, y, bottom, first, color: colors[outcome] });
    }
    if (this.#chosen !== null) {
      pen.strokeStyle = colors.text;
      pen.lineWidth = 1;
      pen.beginPath();
      pen.moveTo(x(this.#chosen), 4);
      pen.lineTo(x(this.#chosen), bottom);
      pen.stroke();
    }
  }

  #grid(pen, { edge, width, bottom, highest, x, y, last, colors }) {
    pen.strokeStyle = colors.line;
    pen.fillStyle = colors.muted;
    pen.lineWidth = 1;
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    for (const part of [0, 0.5, 1]) {
      const row = Math.round(y(highest * part)) + 0.5;
      pen.beginPath();
      pen.moveTo(edge, row);
      pen.lineTo(width, row);
      pen.stroke();
      pen.fillText(short(highest * part), edge - 8, row);
    }
    pen.textBaseline = "alphabetic";
    for (let minute = 0; minute <= 10; minute += width < 480 ? 5 : 2) {
      pen.textAlign = minute === 0 ? "right" : minute === 10 ? "left" : "center";
      pen.fillText(minute ? `−${minute} min` : "now", x(Math.max(last - minute * 60, last - SECONDS + 1)), (bottom + this.canvas.clientHeight) / 2 + edge / 8);
    }
  }

  /** One outcome upon those before it: a filled area for each stretch without a gap. */
  #area(pen, outcome, { base, x, y, bottom, first, color }) {
    const angle = { deferred: 1, refused: -1 }[outcome];
    let stretch = [];
    const close = () => {
      if (stretch.some(([, low, high]) => high > low)) {
        pen.beginPath();
        stretch.forEach(([second, , high]) => pen.lineTo(x(second), y(high)));
        pen.lineTo(x(stretch.at(-1)[0] + 0.5), y(stretch.at(-1)[2]));
        pen.lineTo(x(stretch.at(-1)[0] + 0.5), y(stretch.at(-1)[1]));
        stretch.toReversed().forEach(([second, low]) => pen.lineTo(x(second), y(low)));
        pen.closePath();
        pen.fillStyle = color;
        pen.globalAlpha = angle ? 0.55 : 0.45;
        pen.fill();
        pen.globalAlpha = 1;
        if (angle) { pen.fillStyle = stripes(pen, color, angle); pen.fill(); }
      }
      stretch = [];
    };
    let before = null;
    for (const each of this.#seconds) {
      const { second } = each;
      if (second < first) continue;
      if (before !== null && second > before + 2) close();
      const low = base.get(second) ?? 0;
      base.set(second, low + each[outcome]);
      stretch.push([second, low, low + each[outcome]]);
      before = second;
    }
    close();
  }

  #tell() {
    const second = this.#chosen ?? this.#last;
    const found = this.#seconds.findLast(each => each.second === second);
    this.readout(found
      ? `${time(second * 1000)}  ${OUTCOMES.map(outcome => `${SHAPES[outcome]} ${count(found[outcome])}`).join("  ")}`
      : `${time(second * 1000)}  no data`);
  }
}
