// Pictures of the cameras: raw pixels of one answer for all of them, drawn on a canvas each.

const Magic = 0x31485448; // "HTH1"
const HeadBytes = 16;
const PictureBytes = 28;
const Grey = 1;
const Rgb = 3;
const MaxSide = 160;
const FetchLimit = 5_000;
const AfterFailure = 2_000;
const Least = 200;
const LeastReduced = 2_000; // for those who want less motion

const reduced = matchMedia('(prefers-reduced-motion: reduce)');

/** Fetches pictures while somebody can see them: not in a hidden tab, not while paused, and never two at a time. */
export class Thumbnails {
  #url;
  #draw;
  #isWanted;
  #isWaiting = true;

  /** `draw(picture)` is called for each picture of an answer, and fetches happen only while `isWanted()`. */
  constructor(url, isWanted, draw) {
    this.#url = url;
    this.#isWanted = isWanted;
    this.#draw = draw;
    document.addEventListener('visibilitychange', () => this.wake());
  }

  /** Something has changed: where pictures were not wanted, looks again whether they are. */
  wake() {
    if (this.#isWaiting) {
      this.#next();
    }
  }

  async #next() {
    this.#isWaiting = document.hidden || !this.#isWanted();
    if (this.#isWaiting) {
      return; // until it is woken
    }
    let pause = AfterFailure;
    try {
      const answer = await fetch(this.#url, { cache: 'no-store', signal: AbortSignal.timeout(FetchLimit) });
      if (answer.ok) {
        const { pictures, wait } = read(await answer.arrayBuffer());
        pictures.forEach(this.#draw);
        pause = Math.max(wait, reduced.matches ? LeastReduced : Least);
      }
    } catch (error) {
      if (error instanceof RangeError) {
        console.error('The answer with the pictures cannot be read:', error.message);
      } // else the connection is gone, which the page says
    }
    setTimeout(() => this.#next(), pause);
  }
}

/** Reads an answer; throws a RangeError when it is cut off or none. */
export function read(buffer) {
  const view = new DataView(buffer);
  if (view.getUint32(0, true) !== Magic) {
    throw new RangeError('it does not begin with HTH1');
  }
  const [amount, wait] = [view.getUint32(4, true), view.getUint32(8, true)];
  const pictures = [];
  for (let i = 0, at = HeadBytes; i < amount; i++) {
    const [width, height, format] = [view.getUint16(at + 4, true), view.getUint16(at + 6, true), view.getUint8(at + 8)];
    const size = view.getUint32(at + 24, true);
    if (width < 1 || height < 1 || width > MaxSide || height > MaxSide || (format !== Grey && format !== Rgb) || size !== width * height * format) {
      throw new RangeError(`picture ${i} is ${width} x ${height} of format ${format} in ${size} bytes`);
    }
    pictures.push({
      index: view.getUint32(at, true),
      width,
      height,
      format,
      isDamaged: view.getUint8(at + 9) === 1,
      age: view.getUint32(at + 12, true) / 1000,
      number: view.getBigInt64(at + 16, true),
      pixels: new Uint8Array(buffer, at + PictureBytes, size),
    });
    at += PictureBytes + (size + 3 & ~3);
  }
  return { pictures, wait };
}

/** Draws a picture on a canvas, which takes its size. */
export function draw(canvas, { width, height, format, pixels }) {
  if (canvas.width !== width || canvas.height !== height) {
    [canvas.width, canvas.height] = [width, height];
  }
  const context = canvas.getContext('2d', { alpha: false });
  const image = context.createImageData(width, height);
  const target = image.data;
  for (let from = 0, to = 0; to < target.length; from += format, to += 4) {
    target[to] = pixels[from];
    target[to + 1] = pixels[format === Rgb ? from + 1 : from];
    target[to + 2] = pixels[format === Rgb ? from + 2 : from];
    target[to + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}
