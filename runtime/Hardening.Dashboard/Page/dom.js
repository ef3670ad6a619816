// Elements are made here, and all text goes in as text: nothing that a server sends becomes markup.

const Svg = 'http://www.w3.org/2000/svg';

/** An element with attributes and children. A child that is no node becomes text; null and undefined are left out. */
export function el(name, attributes, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** The same for SVG. */
export function svg(name, attributes, ...children) {
  return fill(document.createElementNS(Svg, name), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(name, value === true ? '' : value);
    }
  }
  node.append(...children.flat().filter(child => child !== null && child !== undefined));
  return node;
}

/** Sets the text of a node, and touches it only when the text is another one. */
export function put(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

/** Sets a data attribute, and touches it only when it is another one. */
export function mark(node, name, value) {
  const text = String(value);
  if (node.dataset[name] !== text) {
    node.dataset[name] = text;
  }
}

/** Hides or shows. */
export function show(node, isShown) {
  if (node.hidden === isShown) {
    node.hidden = !isShown;
  }
}

/**
 * Keeps one child per item: `make(item)` returns `{ node, update(item) }`. Children are kept as long as their key is
 * there, stand in the order of the items, and go with them, so that focus and selection survive an update.
 */
export class Rows {
  #parent;
  #make;
  #rows = new Map();

  constructor(parent, make) {
    this.#parent = parent;
    this.#make = make;
  }

  /** The rows by key. */
  get byKey() {
    return this.#rows;
  }

  update(items, keyOf) {
    const focused = document.activeElement;
    const keys = new Set(items.map(keyOf));
    for (const [key, row] of this.#rows) {
      if (!keys.has(key)) {
        row.node.remove();
        this.#rows.delete(key);
      }
    }
    let place = this.#parent.firstElementChild;
    for (const item of items) {
      const key = keyOf(item);
      let row = this.#rows.get(key);
      if (!row) {
        row = this.#make(item);
        this.#rows.set(key, row);
      }
      row.update(item);
      if (row.node === place) {
        place = place.nextElementSibling;
      } else {
        this.#parent.insertBefore(row.node, place);
      }
    }
    if (focused !== document.activeElement && this.#parent.contains(focused)) {
      focused.focus({ preventScroll: true }); // a node that is moved loses it
    }
  }
}
