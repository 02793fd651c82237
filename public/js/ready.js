/**
 * Calls `start` once for each element of `selector`: at load, after each Turbo visit, after a frame has been filled. Marked in a
 * set, not in the page: Turbo keeps copies of pages, and a copied mark would leave the copy without its behaviour.
 */
export function ready(selector, start) {
  const started = new WeakSet();
  const run = () => {
    for (const element of document.querySelectorAll(selector)) {
      if (started.has(element)) continue;
      started.add(element);
      start(element);
    }
  };
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', run, { once: true });
  else run();
  document.addEventListener('turbo:render', run);
  document.addEventListener('turbo:frame-render', run);
}

/** Calls `act` once things have been quiet for `wait` milliseconds. */
export function settled(act, wait) {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...given), wait);
  };
}
