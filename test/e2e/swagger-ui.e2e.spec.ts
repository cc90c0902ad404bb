import type { Page } from 'playwright-core';
import { CHANNELS } from '../../src/channels/channel-registry';
import { type Browser, startBrowser } from '../support/browser';
import { type Stagedoor, startStagedoor } from '../support/stagedoor';

const CREATABLE = CHANNELS.filter((channel) => channel.isCreatable).map(({ id }) => id);

/** In a real browser, against the running service, offline. */
describe('Swagger UI', () => {
  let stagedoor: Stagedoor;
  let browser: Browser;
  let page: Page;
  const foreignRequests: string[] = [];
  const errors: string[] = [];

  beforeAll(async () => {
    stagedoor = await startStagedoor({ demoKeyOf: 'acme-app' });
    browser = await startBrowser();
    page = await browser.context.newPage();
    page.on('request', (request) => {
      if (!request.url().startsWith(stagedoor.url) && !request.url().startsWith('data:'))
        foreignRequests.push(request.url());
    });
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(`${stagedoor.url}/docs`);
    await page.waitForSelector('.opblock');
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await stagedoor.close();
  });

  it.each(CREATABLE)(
    'creates an integration of %s by "Execute", without editing anything [S-758]',
    async (channelId) => {
      const block = page.locator('.opblock-post', { hasText: '/api/v1/integrations/hubs/{hubId}' }).first();
      if (!(await block.locator('.opblock-body').isVisible())) await block.locator('.opblock-summary').click();
      await block.locator('.examples-select-element').first().selectOption(channelId);
      await block.locator('button.execute').click();
      const response = block.locator('.live-responses-table .response').first();
      await response.locator('.response-col_status', { hasText: '200' }).waitFor();
      expect(await response.textContent()).toContain(`My cool ${channelId} integration.`);
      await block.locator('button.btn-clear').click();
    },
    60_000,
  );

  it('reads the collection with the demo key', async () => {
    const block = page.locator('#operations-integrations-listIntegrations');
    await block.locator('.opblock-summary').click();
    await block.locator('button.execute').click();
    const response = block.locator('.live-responses-table .response').first();
    await response.locator('.response-col_status', { hasText: '200' }).waitFor();
    for (const channelId of CREATABLE)
      expect(await response.textContent()).toContain(`My cool ${channelId} integration.`);
  }, 60_000);

  it('sends requests only to the service, and throws no error', () => {
    expect(foreignRequests).toEqual([]);
    expect(errors).toEqual([]);
  });
});
