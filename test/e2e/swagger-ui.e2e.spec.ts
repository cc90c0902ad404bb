import { CHANNELS } from '../../src/channels/channel-registry';
import { MASK } from '../../src/secrets/secret';
import { type Browser, startBrowser } from '../support/browser';
import { startProcess } from '../support/service-process';
import { startStagedoor } from '../support/stagedoor';
import { SwaggerPage } from '../support/swagger-page';

const CREATABLE = CHANNELS.filter((channel) => channel.isCreatable);
const HUB = '/api/v1/integrations/hubs/{hubId}';
const ONE = '/api/v1/integrations/{integrationId}';
const ACME_DIRECT = '00000000-0000-4000-8000-000000000001';
const GLOBEX_DIRECT = '00000000-0000-4000-8000-000000000011';

/** In pixels. */
const PHONE = { width: 390, height: 844 };
const LAPTOP = { width: 1280, height: 900 };

let browser: Browser;

beforeAll(async () => {
  browser = await startBrowser();
}, 60_000);
afterAll(() => browser.close());

/** In a real browser, against the demo as a person starts it, offline. */
describe('Swagger UI of the demo', () => {
  let url: string;
  let swagger: SwaggerPage;

  beforeAll(async () => {
    const demo = await startProcess('dist/main.js', { PORT: '0', SANDBOX_PORT: '0' });
    url = await demo.listens();
    swagger = await SwaggerPage.open(browser.context, url);
  }, 60_000);

  /** Swagger UI renders every open operation at each change. */
  afterEach(() => swagger.closeAll());

  it('shows who each key of the picker is, and never a whole key', async () => {
    for (const [caller, tenant, role] of [
      ['globex-app', 'globex', 'all scopes'],
      ['gateway', 'acme', 'all scopes'],
      ['acme-reader', 'acme', 'reads only'],
      ['acme-app', 'acme', 'all scopes'],
    ] as const) {
      await swagger.pickKey(caller);
      await swagger.identity('caller', caller);
      await swagger.identity('tenant', tenant);
      await swagger.identity('role', role);
    }
    expect(await swagger.page.locator('.strip').textContent()).not.toMatch(/sd_[\w-]{6}/);
  }, 60_000);

  it('has each operation once, whose responses fit a screen, and which needs no horizontal scrolling at 390 pixels', async () => {
    const operations = await swagger.operations();
    expect(operations).toEqual([...new Set(operations)]);
    expect(operations).toEqual(expect.arrayContaining([`post ${HUB}`, `get ${ONE}`, 'post /demo/faults']));
    const tooLarge: [operation: string, height: number, width: number][] = [];
    for (const name of operations) {
      const [method = '', path = ''] = name.split(' ');
      // Their responses are some of those of GET.
      if (method === 'head' || method === 'options') continue;
      const operation = await swagger.opened(method, path);
      const height = await operation.heightOfResponses();
      await swagger.resize(PHONE);
      const width = await swagger.width();
      await swagger.resize(LAPTOP);
      if (!(height <= LAPTOP.height && width <= PHONE.width)) tooLarge.push([name, height, width]);
      await operation.close();
    }
    expect(tooLarge).toEqual([]);
  }, 240_000);

  it.each(CREATABLE)(
    'creates an integration of $id by its example, and reads it back masked [S-758]',
    async (channel) => {
      const post = await swagger.opened('post', HUB);
      await post.choose(channel.id);
      const created = await post.execute();
      expect([created.status, created.headers['etag']]).toEqual([200, expect.stringMatching(/^".+"$/)]);
      const { integrationId } = JSON.parse(created.body);
      const get = await swagger.opened('get', ONE);
      await get.enter('integrationId', integrationId);
      const read = await get.execute();
      const { channelId, configuration } = JSON.parse(read.body);
      expect(channelId).toBe(channel.id);
      const secrets = channel.fields.filter(({ secret }) => secret).map(({ name }) => name);
      for (const name of secrets.filter((each) => each in configuration)) expect(configuration[name]).toBe(MASK);
      for (const name of secrets.filter((each) => each in channel.example))
        expect(created.body + read.body).not.toContain(String(channel.example[name]));
    },
    60_000,
  );

  it.each(['post', 'patch'] as const)(
    'sends every example of an update by %s without an edit',
    async (method) => {
      const operation = await swagger.opened(method, method === 'post' ? HUB : ONE);
      const channels = new Set<string>(CREATABLE.map(({ id }) => id));
      const updates = (await operation.examples()).filter((example) => !channels.has(example));
      const statuses: [example: string, status: number][] = [];
      for (const example of updates) {
        await operation.choose(example);
        statuses.push([example, (await operation.execute()).status]);
      }
      const expected = ['rename', 'pause', 'regenerateKeys', 'frozen', 'frozenLenient', 'sentBack'];
      expect(updates).toEqual(
        expect.arrayContaining(method === 'post' ? expected : [...expected, 'partial', 'remove']),
      );
      expect(statuses).toEqual(updates.map((example) => [example, example === 'frozen' ? 409 : 200]));
    },
    60_000,
  );

  it('shows a hit, then 304 to the ETag that the hit had', async () => {
    const get = await swagger.opened('get', ONE);
    await get.enter('integrationId', ACME_DIRECT);
    await get.execute();
    const hit = await get.execute();
    expect(hit.headers['cache-status']).toMatch(/hit/);
    await get.enter('If-None-Match', hit.headers['etag'] ?? '');
    expect((await get.execute()).status).toBe(304);
    await get.enter('If-None-Match', '');
  }, 60_000);

  it('shows 409 to a name that is taken, and 412 to an ETag that is not current', async () => {
    const post = await swagger.opened('post', HUB);
    await post.choose('WebChat');
    const taken = await post.execute();
    expect([taken.status, JSON.parse(taken.body).code]).toEqual([409, 'name-taken']);
    const patch = await swagger.opened('patch', ONE);
    await patch.choose('rename');
    await patch.enter('If-Match', '"not-current"');
    const stale = await patch.execute();
    expect([stale.status, JSON.parse(stale.body).code]).toEqual([412, 'precondition-failed']);
    await patch.enter('If-Match', '');
  }, 60_000);

  it('shows a retry: two faults of the sandbox, and a read that needs three attempts', async () => {
    const faults = await swagger.opened('post', '/demo/faults');
    expect((await faults.execute()).status).toBe(200);
    await faults.block.getByRole('button', { name: 'Prepare a read' }).click();
    const read = await (await swagger.opened('get', ONE)).execute();
    expect(read.headers['server-timing']).toContain('attempts;desc="3"');
  }, 60_000);

  it('verifies a webhook that the sandbox has signed', async () => {
    const webhooks = await swagger.opened('post', '/demo/webhooks');
    expect((await webhooks.execute()).status).toBe(200);
    await webhooks.block.getByRole('button', { name: 'Prepare its verification' }).click();
    const verified = await (await swagger.opened('post', '/api/v1/webhooks/verify')).execute();
    expect(JSON.parse(verified.body)).toMatchObject({ valid: true });
  }, 60_000);

  it('shows the trail of all this by the link of the strip', async () => {
    await swagger.page.getByRole('link', { name: 'Audit trail' }).click();
    const events = await swagger.opened('get', '/api/v1/audit/events');
    const { status, body } = await events.execute();
    expect(status).toBe(200);
    expect(body).toContain('"integration.update"');
    expect(body).toContain('"webhook.verify"');
  }, 60_000);

  it('sends the chosen tenant, to which integrations of another one are 404', async () => {
    await swagger.pickKey('gateway');
    await swagger.identity('tenant', 'acme');
    const get = await swagger.opened('get', ONE);
    await get.enter('integrationId', ACME_DIRECT);
    expect((await get.execute()).status).toBe(200);
    await swagger.page.getByLabel('Tenant', { exact: true }).selectOption('globex');
    await swagger.identity('tenant', 'globex');
    expect((await get.execute()).status).toBe(404);
    await get.enter('integrationId', GLOBEX_DIRECT);
    expect((await get.execute()).status).toBe(200);
  }, 60_000);

  it('remembers key and tenant over a reload', async () => {
    await swagger.load();
    await swagger.identity('caller', 'gateway');
    await swagger.identity('tenant', 'globex');
  }, 60_000);

  it('shows 429 to a caller over its limit, with the time to wait', async () => {
    await swagger.pickKey('acme-reader');
    await swagger.identity('role', 'reads only');
    const get = await swagger.opened('get', ONE);
    let response = await get.execute();
    // The limit is six a minute.
    for (let sent = 1; sent < 10 && response.status !== 429; sent++) response = await get.execute();
    expect([response.status, response.headers['retry-after']]).toEqual([429, expect.stringMatching(/^\d+$/)]);
  }, 60_000);

  it('follows the theme of the system, and remembers another one', async () => {
    const { page } = swagger;
    const isDark = () => page.evaluate('getComputedStyle(document.documentElement).colorScheme === "dark"');
    await page.emulateMedia({ colorScheme: 'dark' });
    await swagger.load();
    expect(await isDark()).toBe(true);
    for (const button of ['.authorization__btn', '.opblock-control-arrow']) {
      const icon = `.swagger-ui .opblock-summary ${button} path`;
      await page.locator(icon).first().waitFor();
      expect(await page.evaluate(`getComputedStyle(document.querySelector('${icon}')).fill`)).toBe(
        'rgb(155, 165, 180)',
      );
    }
    await page.getByRole('button', { name: 'Switch to the light theme' }).click();
    expect(await isDark()).toBe(false);
    await swagger.load();
    expect(await isDark()).toBe(false);
  }, 60_000);

  it('shows a response without horizontal scrolling at 390 pixels', async () => {
    await swagger.pickKey('acme-app');
    await swagger.identity('caller', 'acme-app');
    await swagger.resize(PHONE);
    const get = await swagger.opened('get', ONE);
    expect((await get.execute()).status).toBe(200);
    expect(await swagger.width()).toBe(PHONE.width);
  }, 60_000);

  it('requests nothing of another host, throws no error and keeps its CSP', () => {
    expect(swagger.faults).toEqual([]);
  });
});

describe('Swagger UI with the tenants of a file', () => {
  it('uses a key that a person pastes, also after a reload, and forgets it with its tab', async () => {
    const stagedoor = await startStagedoor();
    const swagger = await SwaggerPage.open(browser.context, stagedoor.url);
    const { page } = swagger;
    await swagger.identity('problem', 'anonymous');
    await page.getByRole('button', { name: 'Paste a key' }).click();
    await page.locator('.auth-container input').first().fill(stagedoor.keyOf('reader'));
    await page.locator('.auth-container').first().getByRole('button', { name: 'Apply' }).click();
    await page.getByRole('button', { name: 'Close' }).last().click();
    await swagger.identity('caller', 'reader');
    await swagger.load();
    await swagger.identity('role', 'reads only');
    expect((await (await swagger.opened('get', '/api/v1/me')).execute()).status).toBe(200);
    expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain('sd_');
    const another = await SwaggerPage.open(browser.context, stagedoor.url);
    await another.identity('problem', 'anonymous');
    expect([...swagger.faults, ...another.faults]).toEqual([]);
    await Promise.all([page.close(), another.page.close()]);
    await stagedoor.close();
  }, 60_000);
});
