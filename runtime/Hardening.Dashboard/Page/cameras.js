// The section of the cameras.

import { Rows, put, show } from './dom.js';
import { count, many } from './format.js';
import { CameraCard, lostOf } from './camera-card.js';
import { Thumbnails } from './thumbnails.js';

const LookEvery = 1_000;

const box = document.getElementById('cameras');
const button = document.getElementById('pictures');
const byIndex = new Map();
let rows = null;
let thumbnails = null;
let isPaused = false;
let isInView = true;
let time = 0;

/** Begins to fetch pictures, while `isLive()`. */
export function prepareCameras(api, isLive) {
  const isWanted = () => !isPaused && isInView && isLive() && [...byIndex.values()].some(card => card.hasPicture);
  thumbnails = new Thumbnails(new URL('thumbnails', api), isWanted, picture => byIndex.get(picture.index)?.draw(picture));
  forgetCameras();
  button.addEventListener('click', () => {
    isPaused = !isPaused;
    button.setAttribute('aria-pressed', isPaused);
    thumbnails.wake();
    tellAges();
  });
  new IntersectionObserver(entries => {
    isInView = entries.at(-1).isIntersecting;
    thumbnails.wake();
  }).observe(box);
  setInterval(tellAges, LookEvery);
}

/** Another process: what was seen of the one before is not of this one. */
export function forgetCameras() {
  box.replaceChildren();
  byIndex.clear();
  rows = new Rows(box, camera => {
    const card = new CameraCard(camera);
    return {
      node: card.node,
      update(now) {
        byIndex.set(now.index, card);
        card.update(now, time);
      },
    };
  });
}

/** Shows the cameras of a state; returns their sums. */
export function updateCameras(cameras, now) {
  time = now;
  byIndex.clear();
  rows.update(cameras, camera => `${camera.index}\n${camera.pipeline}\n${camera.camera}`);
  tellAges();
  thumbnails.wake();
  const running = cameras.filter(camera => camera.state === 'running').length;
  put(document.getElementById('cameras-sum'), cameras.length === 0 ? '' : `${count(running)} of ${many(cameras.length, 'camera')} ${cameras.length === 1 ? 'runs' : 'run'}`);
  show(document.getElementById('no-cameras'), cameras.length === 0);
  show(button, cameras.some(camera => camera.hasThumbnail));
  return {
    count: cameras.length,
    running,
    rate: sum(cameras, camera => camera.framesPerSecond ?? 0),
    due: cameras.length > 0 && cameras.every(camera => camera.nominalRate) ? sum(cameras, camera => camera.nominalRate) : null,
    lost: sum(cameras, lostOf),
    lostLately: sum([...byIndex.values()], card => card.lostLately),
  };
}

const tellAges = () => byIndex.forEach(card => card.tellAge(isPaused));
const sum = (items, of) => items.reduce((total, item) => total + of(item), 0);
