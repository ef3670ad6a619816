// Small charts in SVG, beside the numbers that they show: hidden from those who cannot see them.

import { svg, el } from './dom.js';

const Width = 120;
const Height = 32;
const Seconds = 60;
const Gap = 3.5;

/** A line over the last minute, from zero up. */
export function sparkline() {
  const area = svg('path', { class: 'area' });
  const line = svg('path', { class: 'line' });
  const node = svg('svg', { class: 'sparkline', viewBox: `0 0 ${Width} ${Height}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' }, area, line);
  return {
    node,
    /** Draws points { time, value } up to `now`; `least` is the value that the top stands for at least. */
    update(points, now, least) {
      const top = Math.max(least || 0, ...points.map(point => point.value)) * 1.08 || 1;
      const x = point => (Width * (1 - (now - point.time) / Seconds)).toFixed(1);
      const y = point => (Height - 1.5 - (Height - 3) * point.value / top).toFixed(1);
      let [stroke, fill] = ['', ''];
      for (let from = 0; from < points.length;) {
        let to = from + 1;
        while (to < points.length && points[to].time - points[to - 1].time < Gap) {
          to++;
        }
        const run = points.slice(from, to);
        const path = run.map(point => `${x(point)} ${y(point)}`).join('L');
        stroke += `M${path}`;
        fill += `M${x(run[0])} ${Height}L${path}L${x(run.at(-1))} ${Height}Z`;
        from = to;
      }
      line.setAttribute('d', stroke);
      area.setAttribute('d', fill);
    },
  };
}

// The bounds of the server's buckets: 1, 2 and 5 times a power of ten. Shorter and longer ones share the first and the last bar.
const bounds = [-4, -3, -2, -1, 0].flatMap(power => [1, 2, 5].map(times => times * 10 ** power)).concat(10);
const labels = [['0.1 ms', 1], ['1 ms', 4], ['10 ms', 7], ['100 ms', 10], ['1 s', 13], ['10 s', 16]];
const Bars = bounds.length + 1;
const BarHeight = 40;

/** Bars from 0.1 ms to 10 s, both axes logarithmic: the one frame that took a second is seen beside the thousands that did not. */
export function histogram() {
  const bars = Array.from({ length: Bars }, (_, i) => svg('rect', { x: i * 10 + 1, width: 8, y: BarHeight, height: 0, rx: 1 }));
  const scale = el('div', { class: 'histogram-scale' }, ...labels.map(([text, at]) => {
    const label = el('span', null, text);
    label.style.left = `${100 * at / Bars}%`;
    return label;
  }));
  const node = el('div', { class: 'histogram', 'aria-hidden': 'true' },
    svg('svg', { viewBox: `0 0 ${Bars * 10} ${BarHeight}`, preserveAspectRatio: 'none' }, ...bars), scale);
  return {
    node,
    /** Draws buckets { upTo, count }. */
    update(buckets) {
      const counts = new Array(Bars).fill(0);
      for (const { upTo, count } of buckets) {
        const bar = upTo === null ? Bars - 1 : bounds.findIndex(bound => upTo <= bound * 1.000001);
        counts[bar < 0 ? Bars - 1 : bar] += count;
      }
      const most = Math.log1p(Math.max(...counts));
      counts.forEach((count, i) => {
        const height = count > 0 ? 4 + (BarHeight - 4) * Math.log1p(count) / most : 0;
        bars[i].setAttribute('y', (BarHeight - height).toFixed(1));
        bars[i].setAttribute('height', height.toFixed(1));
      });
    },
  };
}
