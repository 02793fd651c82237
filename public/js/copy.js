// [data-copy] copies its value, or the address of the page; [data-print] prints.
import { ready } from './ready.js';

ready('[data-print][hidden]', (button) => {
  button.hidden = false;
});

document.addEventListener('click', async (event) => {
  const copy = event.target.closest('[data-copy]');
  if (copy) {
    event.preventDefault();
    await navigator.clipboard.writeText(copy.dataset.copy || location.href);
    const word = copy.querySelector('[data-copy-word]') ?? copy;
    const before = word.textContent;
    word.textContent = copy.dataset.copied;
    setTimeout(() => {
      word.textContent = before;
    }, 2000);
  }
  if (event.target.closest('[data-print]')) {
    event.preventDefault();
    print();
  }
});
