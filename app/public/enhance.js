/* global document, setTimeout, addEventListener */
// Small comforts over pages that work without it: no double submit, menus that close by Escape or a click beside
// them, sums that follow the delivery chosen at the checkout, and focus on the list of problems after a form came back.
// Nothing here is needed to buy a shirt.

/** A form that is on its way ignores further presses; after this long it may be tried again. */
const submitLockMs = 10_000;

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.method !== 'post') return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = 'true';
  form.setAttribute('aria-busy', 'true');
  setTimeout(() => release(form), submitLockMs);
});

function release(form) {
  delete form.dataset.sent;
  form.removeAttribute('aria-busy');
}

/** Shows the total with this delivery, and says in the form that it was shown: without, the form comes back with it. */
function showTotal({ dataset, form, value }) {
  for (const part of ['cost', 'total', 'pay'])
    document.getElementById(`sum-${part}`).textContent = dataset[part];
  form.elements.expectedTotalCents.value = dataset.cents;
  form.elements.shownShipping.value = value;
}

document.addEventListener('change', ({ target }) => {
  if (target.dataset.cents) showTotal(target);
});

// A page that comes back from the browser's cache was left in the middle of a submit, or with another delivery chosen.
addEventListener('pageshow', () => {
  document.querySelectorAll('form[data-sent]').forEach(release);
  document.querySelectorAll('[data-cents]:checked').forEach(showTotal);
});

const openMenus = () => document.querySelectorAll('details.menu[open], details.facet[open]');

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector('summary').focus();
  }
});

document.addEventListener('click', (event) => {
  for (const menu of openMenus()) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.querySelector('.error-summary')?.focus();
