// @ts-check
// The start page: its buttons, the selected key, and the buttons that copy.
import { clientOf } from './start-client.js';
import { Output } from './start-output.js';
import { SCENARIOS, Unexpected } from './start-scenarios.js';

/**
 * In the demo the selected one of its keys, elsewhere the pasted one.
 * @returns {import('./start-client.js').Credentials}
 */
function credentials() {
  const selected = input('[name="key"]:checked');
  if (selected) return { key: selected.value, shownKey: selected.value, tenant: selected.dataset.tenant };
  const pasted = (/** @type {string} */ name) => input(`[name="${name}"]`)?.value.trim() ?? '';
  return { key: pasted('pasted-key'), shownKey: '$STAGEDOOR_KEY', tenant: pasted('pasted-tenant') };
}

/**
 * @param {string} selector
 * @returns {HTMLInputElement | null}
 */
const input = (selector) => document.querySelector(`input${selector}`);

/** @param {string} id of the button */
async function show(id) {
  const { run, marks } = SCENARIOS[id] ?? {};
  const [sentence, steps] = document.querySelector(`[data-output="${id}"]`)?.children ?? [];
  if (!run || !sentence || !steps) return;
  const output = new Output(sentence, steps, marks);
  const using = credentials();
  if (using.key === '') return output.conclude('Paste an API key above first.');
  try {
    output.conclude(await run(clientOf(using, (response) => output.add(response))));
  } catch (error) {
    explain(error, output);
  }
}

/**
 * @param {unknown} error
 * @param {Output} output
 */
function explain(error, output) {
  if (!(error instanceof Unexpected)) return output.conclude(error instanceof Error ? error.message : String(error));
  const { value, status } = error.response;
  const { title = `The status is ${status}`, detail, type = '' } = value ?? {};
  const text = detail === undefined ? `${title}.` : `${title}: ${detail}`;
  output.conclude(text, type === '' ? undefined : { text: 'What to do', href: `.${type}` });
}

for (const button of document.querySelectorAll('[data-scenario]')) {
  button.addEventListener('click', async () => {
    if (button.getAttribute('aria-disabled') === 'true') return;
    button.setAttribute('aria-disabled', 'true');
    await show(button.getAttribute('data-scenario') ?? '');
    button.removeAttribute('aria-disabled');
  });
}

// A browser gives access to the clipboard on https and on this machine only.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll('[data-copy]')) {
    button.removeAttribute('hidden');
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(button.getAttribute('data-copy') ?? '');
      button.textContent = 'Copied';
      setTimeout(() => (button.textContent = 'Copy'), 2000);
    });
  }
}
