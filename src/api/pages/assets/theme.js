// @ts-check
// The theme of all pages: that of the system until a person chooses one, which the browser remembers. Runs before the first
// paint, so that no page shows the other theme for a moment. Other scripts read `data-theme` of the root element: light or dark.
{
  const NAME = 'stagedoor-theme';
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');

  /** A browser may forbid storage; then a choice lasts until the next page. */
  const chosen = () => {
    try {
      const theme = localStorage.getItem(NAME);
      return theme === 'light' || theme === 'dark' ? theme : undefined;
    } catch {
      return undefined;
    }
  };
  const remember = (/** @type {string} */ theme) => {
    try {
      localStorage.setItem(NAME, theme);
    } catch {
      // Not remembered.
    }
  };
  const other = () => (root.dataset.theme === 'dark' ? 'light' : 'dark');
  const show = (/** @type {string} */ theme) => {
    root.dataset.theme = theme;
    for (const button of document.querySelectorAll('[data-theme-toggle]')) {
      button.textContent = other() === 'dark' ? 'Dark' : 'Light';
      button.setAttribute('aria-label', `Switch to the ${other()} theme`);
      button.removeAttribute('hidden');
    }
  };
  const showCurrent = () => show(chosen() ?? (system.matches ? 'dark' : 'light'));

  showCurrent();
  document.addEventListener('DOMContentLoaded', showCurrent);
  system.addEventListener('change', showCurrent);
  // Another tab has chosen.
  addEventListener('storage', showCurrent);
  document.addEventListener('click', ({ target }) => {
    if (!(target instanceof Element) || target.closest('[data-theme-toggle]') === null) return;
    const theme = other();
    remember(theme);
    show(theme);
  });
}
