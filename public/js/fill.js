// button[data-fill="id"]: puts its text into the field, where it can be changed before sending.
document.addEventListener('click', (event) => {
  const button = event.target.closest?.('[data-fill]');
  const field = button && document.getElementById(button.dataset.fill);
  if (!field) return;
  field.value = button.dataset.fillText ?? button.textContent.trim();
  field.dispatchEvent(new Event('input', { bubbles: true }));
  field.focus();
});
