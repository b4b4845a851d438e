// What is chosen on the page. Parts of the page listen; none calls another.

/**
 * What is listed: the choice as `query` has its parameters, `ranks` by hotspot where the published ranks of a whole dimension do not serve, else null; `own` says
 * that the rule is the edition's own.
 * @typedef {{ query: Record<string, string>, dimension: string, tag: string, rule: string, own: boolean, ranks: Record<string, number | null> | null }} Found
 */

/** @typedef {{ query: string, found: Found, selected: string | null, hovered: string | null, drawing: boolean, raster: string, opacity: number, shown: Record<string, boolean> }} View */

export class State extends EventTarget {
  /** @param {View} view */
  constructor(view) {
    super();
    this.view = view;
  }

  /** @param {Partial<View>} change what differs is told to the listeners as an event of its name */
  set(change) {
    const before = this.view;
    this.view = { ...before, ...change };
    for (const name of Object.keys(change)) {
      if (before[name] !== this.view[name]) this.dispatchEvent(new Event(name));
    }
  }

  /**
   * @param {keyof View} name
   * @param {(view: View) => void} listener
   */
  on(name, listener) {
    this.addEventListener(name, () => listener(this.view));
  }
}

/**
 * @template T
 * @param {(key?: string) => Promise<T>} load
 * @returns {(key?: string) => Promise<T>} the same, loading each key once; what failed is tried again
 */
export function once(load) {
  const kept = new Map();
  return (key) => {
    if (!kept.has(key)) {
      kept.set(key, load(key));
      kept.get(key).catch(() => kept.delete(key));
    }
    return kept.get(key);
  };
}
