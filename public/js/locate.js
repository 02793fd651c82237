// form[data-locate]: offers to send the position along, measured once when the button is pressed and never before or after. Refused or
// out of reach, it says so, and the form's own button goes without.
import { ready } from './ready.js';

ready('form[data-locate]', (form) => {
  const ask = form.querySelector('[data-locate-ask]');
  const said = form.querySelector('[data-locate-said]');
  if (!navigator.geolocation || !ask) return;
  ask.hidden = false;
  ask.addEventListener('click', () => {
    ask.setAttribute('aria-busy', 'true');
    said.textContent = form.dataset.asking;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.latitude.value = coords.latitude;
        form.elements.longitude.value = coords.longitude;
        form.elements.accuracy.value = coords.accuracy;
        form.requestSubmit();
      },
      () => {
        ask.hidden = true;
        said.textContent = form.dataset.refused;
        form.querySelector('[type=submit]').focus();
      },
      { enableHighAccuracy: true, timeout: 10_000, maximumAge: 0 },
    );
  });
});
