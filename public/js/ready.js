/** Runs `start` on every page shown: at load, after each Turbo visit and after a frame has been filled. */
export function ready(start) {
  const run = (event) => start(event?.target instanceof Element ? event.target : document);
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', () => run(), { once: true });
  else run();
  document.addEventListener('turbo:render', () => run());
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
