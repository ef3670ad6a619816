// Numbers and times as people read them.

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const hundredth = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' });

export const None = '–';

export const count = value => Number.isFinite(value) ? whole.format(value) : None;
export const rate = value => Number.isFinite(value) ? tenth.format(value) : None;
export const share = value => Number.isFinite(value) ? `${whole.format(value * 100)} %` : None;
export const processors = value => Number.isFinite(value) ? hundredth.format(value) : None;
export const many = (value, one, more = `${one}s`) => `${count(value)} ${value === 1 ? one : more}`;

/** 640 µs, 4.1 ms, 23 ms, 1.4 s, 52 s, 3 min 12 s, 5 h 3 min, 2 d 7 h. */
export function duration(seconds) {
  if (!Number.isFinite(seconds)) {
    return None;
  }
  if (seconds < 60) {
    return seconds < 0.00095 ? `${whole.format(seconds * 1e6)} µs`
      : seconds < 0.0095 ? `${tenth.format(seconds * 1e3)} ms`
      : seconds < 0.9995 ? `${whole.format(seconds * 1e3)} ms`
      : `${(seconds < 9.95 ? tenth : whole).format(seconds)} s`;
  }
  return span(seconds);
}

/** Whole seconds and more: 0 s, 52 s, 3 min 12 s, 5 h 3 min, 2 d 7 h. */
export function span(seconds) {
  if (!Number.isFinite(seconds)) {
    return None;
  }
  const total = Math.max(0, Math.floor(seconds));
  const [days, hours, minutes, rest] = [Math.floor(total / 86400), Math.floor(total / 3600) % 24, Math.floor(total / 60) % 60, total % 60];
  return days > 0 ? `${days} d ${hours} h` : hours > 0 ? `${hours} h ${minutes} min` : minutes > 0 ? `${minutes} min ${rest} s` : `${rest} s`;
}

export function bytes(value) {
  if (!Number.isFinite(value)) {
    return None;
  }
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let unit = 0;
  let size = value;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${(unit > 1 && size < 9.95 ? tenth : whole).format(size)} ${units[unit]}`;
}

/** The time of day here. */
export const timeOfDay = milliseconds => Number.isFinite(milliseconds) ? clock.format(milliseconds) : None;

/** The day and the time here. */
export const dayAndTime = milliseconds => Number.isFinite(milliseconds) ? day.format(milliseconds) : None;

/** laneFull, LaneFull and lane_full are "lane full"; blockedIO is "blocked IO". */
export const words = name => String(name ?? '').replace(/_/g, ' ').replace(/([a-z0-9])([A-Z])/g, '$1 $2')
  .split(' ').map(word => /^[A-Z][a-z]/.test(word) ? word.toLowerCase() : word).join(' ');

/** The last part of a path. */
export const fileName = path => String(path ?? '').split(/[\\/]/).pop();
