// A camera: its picture, its rate, what it lost and why, and how long its frames take.

import { Rows, el, mark, put, show } from './dom.js';
import { None, count, duration, rate, span, words } from './format.js';
import { Growth, Trace } from './history.js';
import { histogram, sparkline } from './charts.js';
import { draw } from './thumbnails.js';

const OldAfter = 2.5; // seconds: a picture that is no longer live says so
const SlowBelow = 0.9; // of the nominal rate
const LeastWindow = 2; // seconds

const tones = { running: 'good', starting: 'none', silent: 'bad', missing: 'bad', failed: 'bad', stopped: 'none' };

/** Frames that a camera has lost, wherever. */
export const lostOf = camera => camera.dropped.reduce((sum, drop) => sum + drop.count, camera.lost);

export class CameraCard {
  #fps = el('span', { class: 'big' });
  #line = sparkline();
  #trace = new Trace();
  #growth = new Growth();
  #state = el('span', { class: 'state' });
  #about = el('p', { class: 'hint about' });
  #due = el('p', { class: 'hint' });
  #failure = el('p', { class: 'failure', hidden: true });
  #canvas;
  #age = el('span', { class: 'age' });
  #picture;
  #lost = el('b');
  #lately = el('span', { class: 'lately' });
  #losses = el('ul', { class: 'losses' });
  #lossRows = new Rows(this.#losses, lossRow);
  #latency = histogram();
  #window = el('span', { class: 'hint' });
  #values = new Map();
  #takenAt = null;

  /** Whether there are pictures of it. */
  hasPicture = false;

  /** Frames lost in the last minute. */
  lostLately = 0;

  constructor({ camera }) {
    this.#canvas = el('canvas', { width: 160, height: 128, role: 'img', 'aria-label': `Picture of ${camera}` });
    this.#picture = el('div', { class: 'picture' }, this.#canvas, this.#age);
    this.node = el('article', { class: 'card camera', 'aria-label': `Camera ${camera}` },
      el('div', { class: 'card-head' }, el('h3', null, camera), this.#state, this.#about),
      el('div', { class: 'look' }, this.#picture,
        el('div', { class: 'rate' }, el('p', null, this.#fps, ' ', el('span', { class: 'unit' }, 'frames/s')), this.#due, this.#line.node)),
      this.#failure,
      el('div', { class: 'part losing' }, el('p', { class: 'part-head' }, el('span', null, 'Frames lost'), this.#lately, this.#lost), this.#losses),
      el('div', { class: 'part' }, el('p', { class: 'part-head' }, el('span', null, 'Latency'), this.#window), this.#latency.node, this.#list('quantiles', ['p50', 'p99', 'longest'])),
      this.#list('small', ['received', 'in flight', 'outages', 'silent for']));
  }

  #list(name, terms) {
    return el('dl', { class: name }, ...terms.map(term => {
      this.#values.set(term, el('dd'));
      return el('div', null, el('dt', null, term), this.#values.get(term));
    }));
  }

  update(camera, time) {
    this.hasPicture = camera.hasThumbnail;
    mark(this.node, 'tone', tones[camera.state] ?? 'none');
    put(this.#state, camera.state);
    put(this.#about, [camera.pipeline, camera.width ? `${camera.width} × ${camera.height}` : null, camera.pixelFormat].filter(Boolean).join(' · '));
    put(this.#fps, rate(camera.framesPerSecond ?? NaN));
    mark(this.#fps, 'slow', Boolean(camera.state === 'running' && camera.nominalRate && camera.framesPerSecond !== null && camera.framesPerSecond < camera.nominalRate * SlowBelow));
    put(this.#due, camera.nominalRate ? `of ${rate(camera.nominalRate)}` : '\u00a0');
    this.#trace.add(time, camera.framesPerSecond);
    this.#line.update(this.#trace.points, time, camera.nominalRate);
    put(this.#failure, camera.failure ?? '');
    show(this.#failure, Boolean(camera.failure));
    this.#updateCounts(camera, time);
    this.#put('p50', camera.latency.count > 0 ? duration(camera.latency.p50) : None);
    this.#put('p99', camera.latency.count > 0 ? duration(camera.latency.p99) : None);
    this.#put('longest', camera.latency.count > 0 ? duration(camera.latency.max) : None);
    this.#put('received', count(camera.received));
    this.#put('in flight', count(camera.inFlight));
    this.#put('outages', count(camera.outages));
    this.#put('silent for', camera.silenceSeconds > 0 ? duration(camera.silenceSeconds) : None);
  }

  #put(term, text) {
    put(this.#values.get(term), text);
  }

  #updateCounts(camera, time) {
    const losses = [
      { key: 'lost', name: 'before us: gaps in the numbers', count: camera.lost },
      ...camera.dropped.map(({ place, reason, count: frames }) => ({ key: `${place}\n${reason}`, name: `${place}: ${words(reason)}`, count: frames })),
      { key: 'missed', name: 'owed while silent (an estimate, not in the sum)', count: camera.missedInSilence },
    ].filter(loss => loss.count > 0);
    const grown = this.#growth.note(time, new Map([
      ...losses.map(loss => [loss.key, loss.count]),
      ...camera.latency.buckets.map(bucket => [bucket.upTo, bucket.count]),
    ]));
    const isWindow = grown.seconds >= LeastWindow;
    this.lostLately = losses.reduce((sum, loss) => sum + (loss.key === 'missed' ? 0 : grown.of(loss.key)), 0);
    put(this.#lost, count(lostOf(camera)));
    put(this.#lately, this.lostLately > 0 ? `+${count(this.lostLately)} in ${lately(grown.seconds)}` : '');
    this.#lossRows.update(losses.sort((a, b) => b.count - a.count).map(loss => ({ ...loss, grows: grown.of(loss.key) > 0 })), loss => loss.key);
    put(this.#window, isWindow ? `bars: ${lately(grown.seconds)}` : 'bars: since the start');
    this.#latency.update(isWindow ? camera.latency.buckets.map(({ upTo }) => ({ upTo, count: grown.of(upTo) })) : camera.latency.buckets);
  }

  draw(picture) {
    draw(this.#canvas, picture);
    this.#takenAt = performance.now() / 1000 - picture.age;
    mark(this.#canvas, 'number', picture.number);
    mark(this.#picture, 'damaged', picture.isDamaged);
  }

  /** Says of the picture what is to be said of it: that it is old, or that there is none. */
  tellAge(isPaused) {
    const age = this.#takenAt === null ? 0 : performance.now() / 1000 - this.#takenAt;
    const isOld = this.#takenAt !== null && age > OldAfter;
    put(this.#age, !this.hasPicture ? 'no pictures' : this.#takenAt === null ? 'no picture yet'
      : isPaused ? 'paused' : isOld ? `${span(age)} old` : this.#picture.dataset.damaged === 'true' ? 'damaged' : '');
    mark(this.#picture, 'old', isOld || this.#takenAt === null);
  }
}

const lately = seconds => seconds >= 60 ? 'the last minute' : `the last ${span(seconds)}`;

function lossRow() {
  const [name, value] = [el('span'), el('b')];
  const node = el('li', null, name, value);
  return {
    node,
    update(loss) {
      put(name, loss.name);
      put(value, count(loss.count));
      mark(node, 'grows', loss.grows);
    },
  };
}
