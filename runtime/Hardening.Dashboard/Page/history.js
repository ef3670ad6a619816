// What the page remembers beside the state of now: the last minute, and no more.

const Window = 60;
const KeepEvery = 5;

/** Values of the last minute, one a second at most, for a line. */
export class Trace {
  #points = [];

  add(time, value) {
    const points = this.#points;
    if (points.length > 0 && time <= points.at(-1).time) {
      if (time < points.at(-1).time) {
        this.#points = []; // another clock: a line of its own
      }
      return;
    }
    points.push({ time, value: value ?? 0 });
    while (points[0].time < time - Window) {
      points.shift();
    }
  }

  get points() {
    return this.#points;
  }
}

/** Counters of a minute ago, every five seconds: by how much each has grown since. */
export class Growth {
  #kept = [];

  /** Takes counters as a Map; returns by how much each has grown in the last minute, and in how many seconds that was. */
  note(time, counters) {
    const last = this.#kept.at(-1);
    if (last && (time < last.time || [...last.counters].some(([name, value]) => (counters.get(name) ?? 0) < value))) {
      this.#kept = []; // it began again
    }
    if (this.#kept.length === 0 || time - this.#kept.at(-1).time >= KeepEvery) {
      this.#kept.push({ time, counters });
    }
    while (this.#kept.length > 1 && this.#kept[1].time <= time - Window) {
      this.#kept.shift();
    }
    const then = this.#kept[0];
    return { seconds: time - then.time, of: name => (counters.get(name) ?? 0) - (then.counters.get(name) ?? 0) };
  }
}
