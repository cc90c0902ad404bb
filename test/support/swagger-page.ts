import type { BrowserContext, Locator, Page } from 'playwright-core';

/** What Swagger UI shows of a response. */
interface ShownResponse {
  readonly status: number;
  readonly body: string;
  /** The headers that are shown above the response. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Swagger UI in a browser, used as a person uses it: by what can be seen and clicked. */
export class SwaggerPage {
  /** Requests to other hosts, errors of scripts, and violations of the CSP. */
  readonly faults: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly url: string,
  ) {
    const { origin } = new URL(url);
    page.setDefaultTimeout(10_000);
    page.on('request', (request) => {
      const address = request.url();
      if (!address.startsWith(`${origin}/`) && !address.startsWith('data:')) this.faults.push(address);
    });
    page.on('pageerror', (error) => this.faults.push(error.message));
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) this.faults.push(message.text());
    });
  }

  static async open(context: BrowserContext, url: string): Promise<SwaggerPage> {
    const swagger = new SwaggerPage(await context.newPage(), url);
    await swagger.resize({ width: 1280, height: 900 });
    await swagger.load();
    return swagger;
  }

  /** Loads the page, or loads it again. */
  async load(): Promise<void> {
    await this.page.goto(`${this.url}/docs`);
    await this.page.locator('.opblock').first().waitFor();
  }

  /** The facts of the strip, when it has as many as expected. */
  async identity(fact: string, value: string): Promise<void> {
    await this.page.locator(`#strip-identity [data-fact="${fact}"]`, { hasText: value }).waitFor();
  }

  async pickKey(caller: string): Promise<void> {
    await this.page.getByLabel('Key', { exact: true }).selectOption(caller);
  }

  /** All operations, as `get /path`, in their order. */
  async operations(): Promise<readonly string[]> {
    return this.page.locator('.opblock').evaluateAll((blocks) =>
      blocks.map((block) => {
        const method = block.querySelector('.opblock-summary-method')?.textContent ?? '';
        const path = block.querySelector('.opblock-summary-path')?.getAttribute('data-path') ?? '';
        return `${method.trim().toLowerCase()} ${path}`;
      }),
    );
  }

  async closeAll(): Promise<void> {
    const open = this.page.locator('.opblock.is-open .opblock-summary-control');
    for (let left = await open.count(); left > 0; left = await open.count()) await open.first().click();
  }

  resize(size: { readonly width: number; readonly height: number }): Promise<void> {
    return this.page.setViewportSize(size);
  }

  /** The width of the page's content, in pixels. */
  width(): Promise<number> {
    return this.page.evaluate<number>('document.documentElement.scrollWidth');
  }

  async opened(method: string, path: string): Promise<Operation> {
    const summary = this.page.locator(`.opblock-summary-path[data-path="${path}"]`);
    const operation = new Operation(this.page.locator(`.opblock-${method}`).filter({ has: summary }));
    await operation.open();
    return operation;
  }
}

/** One operation of the page. */
class Operation {
  constructor(readonly block: Locator) {}

  async open(): Promise<void> {
    if (!(await this.isOpen())) await this.block.locator('.opblock-summary-control').click();
    await this.block.locator('.responses-wrapper').waitFor();
  }

  async close(): Promise<void> {
    if (await this.isOpen()) await this.block.locator('.opblock-summary-control').click();
    await this.block.locator('.opblock-body').waitFor({ state: 'detached' });
  }

  /** In pixels. */
  async heightOfResponses(): Promise<number> {
    const box = await this.block.locator('.responses-wrapper').boundingBox();
    return box?.height ?? Number.NaN;
  }

  async isOpen(): Promise<boolean> {
    return (await this.block.locator('.opblock-body').count()) > 0;
  }

  /** Chooses an example of the body, by its key. */
  async choose(example: string): Promise<void> {
    await this.#examples.selectOption(example);
  }

  /** The keys of the examples of the body. */
  async examples(): Promise<readonly string[]> {
    const values = await this.#examples
      .locator('option')
      .evaluateAll((all) => all.map((one) => one.getAttribute('value')));
    return values.filter((value) => value !== null && value !== '' && !value.startsWith('__')).map(String);
  }

  /** Enters a parameter; optional headers are opened first. */
  async enter(name: string, value: string): Promise<void> {
    const input = this.block.locator(`tr[data-param-name="${name}"] input[type="text"]`);
    const fold = this.block.locator('.fold-row button');
    if ((await input.count()) === 0) await fold.click();
    await input.fill(value);
  }

  async execute(): Promise<ShownResponse> {
    const clear = this.block.locator('button.btn-clear');
    if ((await clear.count()) > 0) await clear.click();
    await this.block.locator('button.execute').click();
    const response = this.block.locator('.live-responses-table tr.response');
    await response.waitFor();
    const status = Number.parseInt((await response.locator('.response-col_status').textContent()) ?? '', 10);
    const body = response.locator('.highlight-code code, .highlight-code pre').first();
    const entries = await this.block
      .locator('.live-headers > div')
      .evaluateAll((rows) =>
        rows.map((row): [string, string] => [row.children[0]?.textContent ?? '', row.children[1]?.textContent ?? '']),
      );
    return {
      status,
      body: (await body.count()) > 0 ? ((await body.textContent()) ?? '') : '',
      headers: Object.fromEntries(entries),
    };
  }

  get #examples(): Locator {
    return this.block.locator('.opblock-section-request-body .examples-select-element');
  }
}
