import { PROBLEM_CODES, PROBLEM_KINDS } from '../../src/problems/problem-registry';
import { filesOfRepository, textOf } from '../support/repository';
import { type Stagedoor, startStagedoor } from '../support/stagedoor';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';

const POLICY = [
  "default-src 'none'",
  ...["script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'"],
  ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"],
].join('; ');

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
/** A text of the registry as a page has it. */
const marked = (text: string) => escaped(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');

describe('pages over HTTP', () => {
  let stagedoor: Stagedoor;

  beforeAll(async () => {
    stagedoor = await startStagedoor();
  });
  afterAll(() => stagedoor.close());

  const get = (path: string, accept = BROWSER) => stagedoor.as().get(path).set('accept', accept);

  it('has a start page, which no cache may keep', async () => {
    const { text, headers } = await get('/').expect(200).expect('content-type', 'text/html; charset=utf-8');
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'content-security-policy': POLICY });
    for (const path of ['docs', 'openapi.json', 'openapi.yaml', 'problems', 'health/ready', 'metrics']) {
      expect(text).toContain(`href="./${path}"`);
      await get(`/${path}`).expect(200);
    }
  });

  it('has no key outside of the demo, but a field for one, and explains why nothing can be retried', async () => {
    const { text } = await get('/').expect(200);
    expect(text).not.toMatch(/sd_/);
    expect(text).toContain('name="pasted-key"');
    expect([...text.matchAll(/data-scenario="([\w-]+)"/g)].map(([, id]) => id)).toEqual([
      ...['miss', 'hit', 'not-modified', 'conflict', 'audit'],
    ]);
    expect(text).toContain('Only in the demo, whose sandbox fails on request.');
  });

  it('has no link to health and metrics if they have a port of their own', async () => {
    const managed = await startStagedoor({ env: { MANAGEMENT_PORT: '0' }, sandbox: stagedoor.sandbox });
    const { text } = await managed.as().get('/').expect(200);
    expect(text).toContain('href="./problems"');
    expect(text).not.toMatch(/health|metrics/);
    await managed.close();
  });

  it.each([
    ['in production', { NODE_ENV: 'production' }, 404],
    ['with DOCS=off', { DOCS: 'off' }, 404],
    ['in production with DOCS=on', { NODE_ENV: 'production', DOCS: 'on' }, 200],
  ])('serves the start page %s with %j: %d', async (_where, env, status) => {
    const another = await startStagedoor({ env, sandbox: stagedoor.sandbox });
    const start = await another.as().get('/').set('accept', BROWSER).expect(status);
    if (status === 404) expect(start.body).toMatchObject({ code: 'not-found' });
    const { text } = await another.as().get('/problems').set('accept', BROWSER).expect(200);
    expect(text.includes('Swagger UI')).toBe(status === 200);
    await another.close();
  });

  it.each([
    [BROWSER, 'html'],
    ['text/html', 'html'],
    ['text/*', 'html'],
    ['text/html;q=0.9, application/json;q=0.8', 'html'],
    ['text/html, application/json;q=0', 'html'],
    ['*/*', 'json'],
    ['', 'json'],
    ['application/json', 'json'],
    ['application/problem+json', 'json'],
    ['application/json, text/html', 'json'],
    ['text/html;q=0.8, application/json;q=0.9', 'json'],
    ['text/html;q=0, */*', 'json'],
    ['image/png', 'json'],
  ])('responds to Accept: %s with %s', async (accept, expected) => {
    for (const path of ['/problems', '/problems/rate-limited']) {
      const { headers } = await get(path, accept).expect(200);
      expect([path, headers['vary'], headers['content-type']]).toEqual([
        path,
        'Accept',
        expected === 'html' ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8',
      ]);
    }
  });

  it('responds with JSON to a request without Accept', async () => {
    const { body } = await stagedoor.as().get('/problems/rate-limited').expect('vary', 'Accept').expect(200);
    expect(body).toEqual({ code: 'rate-limited', ...PROBLEM_KINDS['rate-limited'] });
  });

  it('links every problem', async () => {
    const { text } = await get('/problems').expect(200);
    const linked = [...text.matchAll(/href="\.\/problems\/([\w-]+)"/g)].map(([, code]) => code);
    expect(linked.toSorted()).toEqual([...PROBLEM_CODES].sort());
  });

  it.each(PROBLEM_CODES)('explains %s, with an example as it is sent', async (code) => {
    const { status, title, reason, help } = PROBLEM_KINDS[code];
    const { text, headers } = await get(`/problems/${code}`).expect(200);
    expect(headers['content-security-policy']).toBe(POLICY);
    for (const part of [`<h1>${title}</h1>`, marked(reason), marked(help), `HTTP/1.1 ${status} `])
      expect(text).toContain(part);
    const [, example = ''] = /\n\n(\{[\s\S]+?\})<\/code>/.exec(text) ?? [];
    expect(JSON.parse(example.replaceAll('&quot;', '"').replaceAll('&#39;', "'"))).toMatchObject({
      ...{ type: `/problems/${code}`, title, status, code, requestId: expect.any(String) },
    });
  });

  it('responds to an unknown code with 404, and never shows it', async () => {
    const { text } = await get('/problems/%3Cscript%3Ealert(1)%3C%2Fscript%3E').expect(404);
    expect(text).not.toContain('alert');
  });

  it('responds to an unknown code with a page for a browser, and with a problem for a program', async () => {
    const { text, headers } = await get('/problems/nope')
      .expect(404)
      .expect('content-type', 'text/html; charset=utf-8');
    expect(headers).toMatchObject({
      ...{ vary: 'Accept', 'cache-control': 'no-store', 'content-security-policy': POLICY },
    });
    expect(text).toContain('<h1>Not found</h1>');
    expect(text).toContain('href="../problems"');
    const problem = await get('/problems/nope', '*/*').expect(404).expect('vary', 'Accept');
    expect(problem.headers['content-type']).toMatch('application/problem+json');
    expect(problem.body).toMatchObject({ status: 404, code: 'not-found' });
  });

  it('has pages without inline scripts, styles and handlers', async () => {
    for (const path of ['/', '/problems', '/problems/not-found']) {
      const { text } = await get(path).expect(200);
      expect([path, text.match(/<script(?![^>]* src="\.)|<style| style=| on\w+=|javascript:|https?:/g)]).toEqual([
        path,
        null,
      ]);
    }
  });

  it('lets nothing but a page load or run anything', async () => {
    for (const path of ['/problems', '/nowhere', '/openapi.json', '/assets/any/start.js']) {
      const { headers } = await get(path, 'application/json');
      expect(headers['content-security-policy']).toBe("default-src 'none'; frame-ancestors 'none'");
    }
  });

  it('serves assets for a year under a hash of their content, and otherwise not to be kept', async () => {
    const { text } = await get('/').expect(200);
    const [, path = ''] = /src="\.(\/assets\/[0-9a-f]{12}\/start\.js)"/.exec(text) ?? [];
    await get(path)
      .expect(200)
      .expect('content-type', 'text/javascript; charset=utf-8')
      .expect('cache-control', 'public, max-age=31536000, immutable');
    await get('/assets/000000000000/start.js').expect(200).expect('cache-control', 'no-cache');
    await get('/assets/000000000000/pages.ts').expect(404);
    await get('/assets/000000000000/..%2Fpage.js').expect(404);
  });

  it('has assets that name no other host', () => {
    const assets = filesOfRepository().filter((file) => file.startsWith('src/api/pages/assets/'));
    expect(assets.length).toBeGreaterThan(5);
    const foreign = assets.flatMap(
      (file) => textOf(file).match(/https?:\/\/[^\s"'`]+|url\([^)]+\)|@import\s.+/g) ?? [],
    );
    expect(foreign.filter((url) => url !== 'http://www.w3.org/2000/svg')).toEqual([]);
  });
});
