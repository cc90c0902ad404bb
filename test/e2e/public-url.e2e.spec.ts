import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stagedoor } from '../../src/client/client';
import { NGINX, nginxConfiguration, startBalancer, until } from '../support/balanced-replicas';
import { type Browser, startBrowser } from '../support/browser';
import { blocksOf } from '../support/documents/blocks';
import { freePort } from '../support/ports';
import { sendRaw } from '../support/raw-socket';
import { type ServiceProcess, startProcess } from '../support/service-process';
import { SwaggerPage } from '../support/swagger-page';

const ONE = '/api/v1/integrations/{integrationId}';
const ACME_DIRECT = '00000000-0000-4000-8000-000000000001';

jest.setTimeout(120_000);

/** The demo, behind an nginx that removes `/stagedoor`. */
describe('below a path of a gateway [S-871]', () => {
  let browser: Browser;
  let directory: string;
  let nginx: ChildProcess;
  let service: ServiceProcess;
  let serviceUrl: string;
  let url: string;
  let key: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'stagedoor-gateway-'));
    const port = await freePort();
    url = `http://127.0.0.1:${port}/stagedoor`;
    service = await startProcess('dist/main.js', { PORT: '0', SANDBOX_PORT: '0', PUBLIC_URL: `${url}/` });
    serviceUrl = await service.listens();
    key = /sd_\S+/.exec(service.output())?.[0] ?? '';
    const [, block] = blocksOf('docs/scaling.md').filter(({ language }) => language === 'nginx');
    const http = block?.text.replace('8080', `${port}`).replace('stagedoor-1:3000', new URL(serviceUrl).host) ?? '';
    const file = join(directory, 'nginx.conf');
    await writeFile(file, nginxConfiguration(http, directory));
    nginx = startBalancer(NGINX, file);
    browser = await startBrowser();
    await until(async () => (await fetch(`${url}/health/ready`)).ok);
  });
  afterAll(async () => {
    await browser.close();
    nginx.kill('SIGTERM');
    await once(nginx, 'exit');
    await rm(directory, { recursive: true, force: true });
  });

  it('the Link of a page leads to the next one', async () => {
    const headers = { 'x-api-key': key };
    const first = await fetch(`${url}/api/v1/integrations?pageSize=2`, { headers });
    const [, next = ''] = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '') ?? [];
    expect(next).toBe(`${url}/api/v1/integrations?pageNumber=1&pageSize=2`);
    expect(await (await fetch(next, { headers })).json()).toMatchObject({ pageNumber: 1 });
  });

  it('the type of a problem is the URL of its page', async () => {
    const response = await fetch(`${url}/api/v1/me`);
    const { type }: { readonly type: string } = JSON.parse(await response.text());
    expect(type).toBe(`${url}/problems/unauthenticated`);
    const page = await fetch(type, { headers: { accept: 'text/html' } });
    expect(await page.text()).toContain(type);
  });

  it('so is that of a request which is no HTTP', async () => {
    expect(await sendRaw(serviceUrl, 'nonsense\r\n\r\n')).toContain(`"type":"${url}/problems/validation-failed"`);
  });

  it('the document names the URL as the only server', async () => {
    const document = JSON.parse(await (await fetch(`${url}/openapi.json`)).text());
    expect(document.servers).toEqual([expect.objectContaining({ url })]);
  });

  it('the typed client takes the URL as it is', async () => {
    const client = new Stagedoor({ baseUrl: `${url}/`, apiKey: key });
    expect(await client.integrations.get(ACME_DIRECT)).toMatchObject({ integrationId: ACME_DIRECT });
  });

  it('the start page sends its requests below it, and Swagger UI too', async () => {
    const page = await browser.context.newPage();
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(`${url}/`);
    await page.locator('[data-scenario="hit"]').click();
    await page.locator('[data-output="hit"] .step').first().waitFor();
    await page.goto(`${url}/problems`);
    await page.locator('a.row').first().click();
    await page.locator('h2', { hasText: 'What to do' }).waitFor();
    expect(requests.filter((request) => !request.startsWith(`${url}/`))).toEqual([]);

    const swagger = await SwaggerPage.open(browser.context, url);
    const operation = await swagger.opened('get', ONE);
    await operation.enter('integrationId', ACME_DIRECT);
    expect(await operation.execute()).toMatchObject({ status: 200, body: expect.stringContaining(ACME_DIRECT) });
    expect(swagger.faults).toEqual([]);
  });
});
