import type { Locator, Page } from 'playwright-core';
import { type Browser, startBrowser } from '../support/browser';
import { type ServiceProcess, startProcess } from '../support/service-process';
import { type Stagedoor, startStagedoor } from '../support/stagedoor';

const PAGES = ['/', '/problems', '/problems/upstream-timeout'];
const THEMES = ['light', 'dark'] as const;

/** What happened in a browser that must not. */
interface Watched {
  readonly page: Page;
  readonly foreignRequests: string[];
  readonly violations: string[];
  readonly errors: string[];
}

/** A page whose requests, violations of its policy and errors are collected. */
async function watchedPage({ context }: Browser, url: string): Promise<Watched> {
  const page = await context.newPage();
  const watched: Watched = { page, foreignRequests: [], violations: [], errors: [] };
  page.on('request', (request) => {
    if (!request.url().startsWith(`${url}/`)) watched.foreignRequests.push(request.url());
  });
  page.on('pageerror', (error) => watched.errors.push(error.message));
  page.on('console', (message) => {
    if (message.text().startsWith('violation: ')) watched.violations.push(message.text());
  });
  await page.addInitScript(`addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    console.log('violation: ' + violatedDirective + ' ' + blockedURI))`);
  return watched;
}

/** The output of the button, when it is complete. */
async function outputOf(page: Page, id: string): Promise<Locator> {
  const output = page.locator(`[data-output="${id}"]`);
  await output.locator('[role="status"]', { hasText: /\w/ }).waitFor();
  return output;
}

/** What a person sees of the output: its sentence, and of each request the curl line, the status and the headers. */
async function seen(output: Locator) {
  const textsOf = (within: Locator, selector: string) => within.locator(selector).allTextContents();
  const steps = await Promise.all(
    (await output.locator('.step').all()).map(async (step) => ({
      curl: (await textsOf(step, 'pre:first-child')).join(),
      status: (await textsOf(step, '.result strong')).join(),
      headers: Object.fromEntries(
        await Promise.all(
          (await step.locator('.headers > div').all()).map(async (row) => [
            (await textsOf(row, 'dt')).join(),
            (await textsOf(row, 'dd')).join(),
          ]),
        ),
      ) as Readonly<Record<string, string>>,
      body: (await textsOf(step, '.body')).join(),
    })),
  );
  return { sentence: (await textsOf(output, '[role="status"]')).join(), steps, last: steps.at(-1) };
}

async function click(page: Page, button: string, id: string) {
  await page.getByRole('button', { name: button }).click();
  return seen(await outputOf(page, id));
}

const scrollWidthOf = (page: Page): Promise<number> => page.evaluate('document.documentElement.scrollWidth');
const themeOf = (page: Page): Promise<string> => page.evaluate('document.documentElement.dataset.theme');
const backgroundOf = (page: Page): Promise<string> =>
  page.evaluate('getComputedStyle(document.documentElement).backgroundColor');

/** The least contrast between a text and what is behind it (WCAG 2.2, 1.4.3), with the text. */
const LEAST_CONTRAST = `(() => {
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = (color) => {
    const [r, g, b] = channels(color).map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    const { backgroundColor } = getComputedStyle(element);
    return channels(backgroundColor)[3] === 0 && element.parentElement ? behind(element.parentElement) : backgroundColor;
  };
  const hasText = (element) => [...element.childNodes].some(({ nodeType, data }) => nodeType === 3 && data.trim() !== '');
  const ratios = [...document.body.querySelectorAll('*')].filter((e) => hasText(e) && e.checkVisibility()).map((element) => {
    const [dark, light] = [getComputedStyle(element).color, behind(element)].map(luminance).sort((a, b) => a - b);
    return { ratio: (light + 0.05) / (dark + 0.05), text: element.textContent.trim().slice(0, 40) };
  });
  return ratios.reduce((least, one) => (one.ratio < least.ratio ? one : least));
})()`;

describe('the pages of the demo in a browser', () => {
  let demo: ServiceProcess;
  let browser: Browser;
  let url: string;
  let watched: Watched;
  let page: Page;

  beforeAll(async () => {
    demo = await startProcess('dist/main.js', { PORT: '0', SANDBOX_PORT: '0' });
    url = await demo.listens();
    browser = await startBrowser();
    watched = await watchedPage(browser, url);
    page = watched.page;
    await page.goto(url);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await demo.stop();
  });

  it('shows the keys, each with its role, and copies one', async () => {
    await browser.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: url });
    expect(await page.getByRole('radio').count()).toBe(4);
    const key = await page.getByRole('radio', { name: 'gateway: acme and globex' }).getAttribute('value');
    await page.getByRole('button', { name: 'Copy the key of gateway' }).click();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(key);
  });

  it('shows a miss', async () => {
    const { sentence, steps, last } = await click(page, 'Show a miss', 'miss');
    expect(sentence).toMatch(/^The cache had nothing: Stagedoor called Hubster/);
    expect(steps.map(({ status }) => status)).toEqual(['204 No Content', '200 OK']);
    expect(last?.curl).toMatch(/^curl -i 'http\S+\/api\/v1\/integrations\/[\w-]{36}' \\\n {2}-H 'X-API-Key: sd_/);
    expect(last?.headers).toMatchObject({
      'Cache-Status': expect.stringContaining('fwd=miss; stored'),
      ETag: expect.stringMatching(/^"/),
      'Server-Timing': expect.stringContaining('attempts;desc="1"'),
    });
    expect(last?.body).toContain('"privateSigningKey": "********"');
  });

  it('shows a hit', async () => {
    const { sentence, last } = await click(page, 'Show a hit', 'hit');
    expect(sentence).toMatch(/^The response came from memory in [\d.]+ ms, and Hubster was not called/);
    expect(last?.headers).toEqual({
      'Cache-Status': expect.stringContaining('stagedoor; hit'),
      Age: expect.stringMatching(/^\d+$/),
      ETag: expect.stringMatching(/^"/),
    });
  });

  it('shows a 304', async () => {
    const { sentence, steps, last } = await click(page, 'Show a 304', 'not-modified');
    expect(sentence).toMatch(/^The ETag is still that of the first response/);
    expect(last).toMatchObject({ status: '304 Not Modified', body: 'No body.' });
    expect(last?.curl).toContain(`If-None-Match: ${steps[0]?.headers['ETag']}`);
  });

  it('shows a conflict, which changes nothing', async () => {
    const before = await click(page, 'Show a hit', 'hit');
    const { sentence, last } = await click(page, 'Show a conflict', 'conflict');
    expect(sentence).toMatch(/^If-Match names an older version, so nothing was written/);
    expect(last).toMatchObject({
      status: '412 Precondition Failed',
      body: expect.stringContaining('precondition-failed'),
    });
    const after = await click(page, 'Show a miss', 'miss');
    expect(after.last?.headers['ETag']).toBe(before.last?.headers['ETag']);
  });

  it('shows a retry', async () => {
    const { sentence, last } = await click(page, 'Show a retry', 'retry');
    expect(sentence).toBe(
      'Hubster responded with 503 twice, and attempt 3 succeeded: the caller waited, and saw no error.',
    );
    expect(last).toMatchObject({
      status: '200 OK',
      headers: { 'Server-Timing': expect.stringContaining('attempts;desc="3"') },
    });
  });

  it('shows the audit trail, with the conflict in it', async () => {
    const { sentence, last } = await click(page, 'Show the audit trail', 'audit');
    expect(sentence).toMatch(/^The newest event is [a-z.]+ by acme-app\./);
    expect(last?.body).toMatch(/"action": "integration\.update"[\s\S]+"outcome": "refused"/);
  });

  it('sends the selected key, and the tenant of a key for several', async () => {
    await page.getByRole('radio', { name: 'gateway: acme and globex' }).check();
    const { last } = await click(page, 'Show a hit', 'hit');
    expect(last?.curl).toContain("-H 'X-Tenant-Id: acme'");
    expect(last?.status).toBe('200 OK');
    await page.getByRole('radio', { name: 'globex: all scopes' }).check();
    expect((await click(page, 'Show a hit', 'hit')).last?.body).not.toBe(last?.body);
  });

  it('explains a rejection, with a link to its page', async () => {
    await page.getByRole('radio', { name: 'acme: reads only' }).check();
    const { sentence, last } = await click(page, 'Show a miss', 'miss');
    expect(sentence).toBe('The caller may not do this: The caller lacks the scope cache:purge. What to do');
    expect(last?.status).toBe('403 Forbidden');
    await page.getByRole('link', { name: 'What to do' }).click();
    await page.waitForURL(`${url}/problems/forbidden`);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('The caller may not do this');
    await page.getByRole('link', { name: 'Stagedoor' }).click();
    await page.waitForURL(`${url}/`);
  });

  it('shows when Stagedoor does not respond', async () => {
    await page.route('**/api/v1/me', (route) => route.abort());
    const { sentence, steps } = await click(page, 'Show a hit', 'hit');
    expect([sentence, steps]).toEqual(['Stagedoor did not respond.', []]);
    await page.unroute('**/api/v1/me');
  });

  it('can be used by keyboard alone, with a focus that is seen at each stop', async () => {
    await page.goto(url);
    const focused = () => page.locator(':focus');
    const isSeen = async () =>
      (await focused().evaluate((element) => element.matches(':focus-visible'))) && outlineOf();
    const outlineOf = () =>
      page.evaluate(
        '(({ outlineStyle, outlineWidth }) => outlineStyle !== "none" && outlineWidth !== "0px")(getComputedStyle(document.activeElement))',
      );
    await page.keyboard.press('Tab');
    expect(await focused().textContent()).toBe('Skip to the content');
    expect(await focused().boundingBox()).toMatchObject({ x: expect.any(Number), y: 12 });
    await page.keyboard.press('Enter');
    expect(await focused().getAttribute('id')).toBe('main');
    const stops: string[] = [];
    for (let stop = 0; stop < 30 && !stops.includes('Show a miss'); stop += 1) {
      await page.keyboard.press('Tab');
      stops.push((await focused().textContent()) || (await focused().getAttribute('name')) || '');
      expect([stops.at(-1), await isSeen()]).toEqual([stops.at(-1), true]);
      if (stops.at(-1) === 'key') await page.keyboard.press('ArrowDown');
    }
    expect(stops).toEqual([
      ...['Swagger UI', 'OpenAPI as JSON', 'OpenAPI as YAML', 'Problems', 'Health', 'Metrics'],
      ...['key', 'Copy', 'Copy', 'Copy', 'Show a miss'],
    ]);
    await page.keyboard.press('Enter');
    const { sentence, last } = await seen(await outputOf(page, 'miss'));
    expect(sentence).toMatch(/^The cache had nothing/);
    expect(await focused().textContent()).toBe('Show a miss');
    expect(last?.curl).toContain(await page.getByRole('radio', { name: 'globex: all scopes' }).getAttribute('value'));
    await page.keyboard.press('Tab');
    expect(await focused().getAttribute('aria-label')).toBe('Request');
  });

  it('announces the sentence of an output, and does not run twice at a time', async () => {
    await page.goto(url);
    const button = page.getByRole('button', { name: 'Show a hit' });
    expect(await page.getByRole('status').count()).toBe(6);
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await button.dblclick();
    await outputOf(page, 'hit');
    expect(requests.filter((request) => request.endsWith('/api/v1/me'))).toHaveLength(1);
    expect(await button.getAttribute('aria-disabled')).toBeNull();
  });

  it('follows the system, until a theme is chosen, which all pages remember', async () => {
    const toggle = page.getByRole('button', { name: /^Switch to the/ });
    const backgrounds = new Set<string>();
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme });
      await page.locator(`html[data-theme="${colorScheme}"]`).waitFor();
      backgrounds.add(await backgroundOf(page));
    }
    expect(backgrounds.size).toBe(2);
    await toggle.click();
    expect(await page.evaluate("localStorage.getItem('stagedoor-theme')")).toBe('light');
    for (const path of PAGES) {
      await page.goto(url + path);
      expect([path, await themeOf(page)]).toEqual([path, 'light']);
    }
    await toggle.press('Space');
    await page.reload();
    expect([await themeOf(page), await toggle.textContent()]).toEqual(['dark', 'Light']);
    await page.evaluate("localStorage.setItem('stagedoor-theme', 'purple')");
    await page.reload();
    expect(await themeOf(page)).toBe('dark');
    await page.evaluate('localStorage.clear()');
  });

  it.each(THEMES)('is readable in %s: each text has a contrast of 4.5', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    for (const path of PAGES) {
      await page.goto(url + path);
      if (path === '/') await click(page, 'Show a conflict', 'conflict');
      const { ratio, text } = await page.evaluate<{ readonly ratio: number; readonly text: string }>(LEAST_CONTRAST);
      expect({ path, text, isReadable: ratio >= 4.5 }).toEqual({ path, text, isReadable: true });
    }
  });

  it('fits 390 px, with all outputs', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const path of PAGES) {
      await page.goto(url + path);
      if (path === '/') {
        for (const button of await page.locator('[data-scenario]').all()) {
          await button.click();
          await outputOf(page, (await button.getAttribute('data-scenario')) ?? '');
        }
      }
      expect([path, await scrollWidthOf(page)]).toEqual([path, 390]);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  it('has sent requests to its own host only, violated no policy and thrown no error', () => {
    const { foreignRequests, violations, errors } = watched;
    expect({ foreignRequests, violations, errors }).toEqual({ foreignRequests: [], violations: [], errors: [] });
  });

  it('would have seen a violation and a foreign request', async () => {
    await page.goto(url);
    await page.evaluate("document.body.append(Object.assign(new Image(), { src: 'http://127.0.0.1:1/pixel.png' }))");
    await page.waitForEvent('console', { predicate: (message) => message.text().startsWith('violation: img-src') });
    expect(watched.violations).toHaveLength(1);
  });
});

describe('the start page outside of the demo in a browser', () => {
  let stagedoor: Stagedoor;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    stagedoor = await startStagedoor();
    browser = await startBrowser();
    page = await browser.context.newPage();
    await page.goto(stagedoor.url);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await stagedoor.close();
  });

  it('requires a key', async () => {
    const { sentence, steps } = await click(page, 'Show a hit', 'hit');
    expect([sentence, steps]).toEqual(['Paste an API key above first.', []]);
  });

  it('explains a key that is not valid', async () => {
    await page.getByLabel('API key').fill('sd_wrong');
    const { sentence, last } = await click(page, 'Show a hit', 'hit');
    expect(sentence).toBe('Credentials are missing or not valid. What to do');
    expect(last?.status).toBe('401 Unauthorized');
  });

  it('explains that the tenant has no integration', async () => {
    await page.getByLabel('API key').fill(stagedoor.keyOf('gateway'));
    await page.getByLabel('Tenant').fill('globex');
    const { sentence } = await click(page, 'Show a hit', 'hit');
    expect(sentence).toBe('This tenant has no integration yet. Create one in Swagger UI, then try again.');
  });

  it('uses the pasted key, and never shows or keeps it', async () => {
    await page.goto(stagedoor.url);
    const key = stagedoor.keyOf('acme-app');
    await page.getByLabel('API key').fill(key);
    const { last } = await click(page, 'Show the audit trail', 'audit');
    expect(last).toMatchObject({ status: '200 OK', curl: expect.stringContaining('-H "X-API-Key: $STAGEDOOR_KEY"') });
    expect(await page.content()).not.toContain(key);
    await page.reload();
    expect(await page.getByLabel('API key').inputValue()).toBe('');
    expect(await page.evaluate('localStorage.length + sessionStorage.length')).toBe(0);
  });
});
