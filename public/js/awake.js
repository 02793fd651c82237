// [data-awake] on the body: a screen that nobody touches asks for its page every so many seconds, so that its session lives. Where that
// has ended, it goes to where the answer leads.
const seconds = Number(document.body.dataset.awake);

const ask = () =>
  fetch(location.href)
    .then((answer) => {
      if (answer.redirected) location.assign(answer.url);
    })
    .catch(() => {});

if (seconds > 0) setInterval(ask, seconds * 1000);
