import { isJsonObject, type JsonObject, parseJson } from '../../../src/sandbox/json';
import { type Sandbox, type SandboxOptions, type SandboxTenant, startSandbox } from '../../../src/sandbox/sandbox';

/** A response whose body has been read. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body if it is a JSON object, else an empty one. */
  readonly json: JsonObject;
  /** The body if it is a JSON array, else an empty one. */
  readonly list: readonly unknown[];
  /** The PRT numbers of an error body. */
  readonly codes: readonly unknown[];
}

/** A sandbox on a free port and a client for it, for the specs of the sandbox. */
export class SandboxClient {
  readonly #tokens = new Map<string, string>();

  private constructor(readonly sandbox: Sandbox) {}

  static async start(options: SandboxOptions = {}): Promise<SandboxClient> {
    return new SandboxClient(await startSandbox(options));
  }

  get acme(): SandboxTenant {
    return this.tenant('acme');
  }

  /** The first hub of acme. */
  get hub(): string {
    return this.acme.hubs[0] ?? '';
  }

  tenant(name: string): SandboxTenant {
    const tenant = this.sandbox.tenants.find((candidate) => candidate.name === name);
    if (!tenant) throw new Error(`No tenant ${name}`);
    return tenant;
  }

  async send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    const response = await fetch(this.sandbox.url + path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      redirect: 'manual',
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return readReply(response);
  }

  /** A portal call under `/api/v1/integrations` with the tenant's token. */
  async portal(method: string, path: string, body?: unknown, tenant = 'acme'): Promise<Reply> {
    return this.send(method, `/api/v1/integrations${path}`, body, {
      authorization: `Bearer ${await this.token(tenant)}`,
    });
  }

  create(channelId: unknown, name: string, configuration: unknown, tenant = 'acme'): Promise<Reply> {
    const hub = this.tenant(tenant).hubs[0] ?? '';
    return this.portal('POST', `/hubs/${hub}`, { channelId, name, configuration }, tenant);
  }

  async token(name = 'acme'): Promise<string> {
    const known = this.#tokens.get(name);
    if (known) return known;
    const { clientId, clientSecret } = this.tenant(name);
    const reply = await this.requestToken({ client_id: clientId, client_secret: clientSecret });
    const token = String(reply.json['access_token']);
    this.#tokens.set(name, token);
    return token;
  }

  requestToken(form: Record<string, string>): Promise<Reply> {
    const body = new URLSearchParams({ grant_type: 'client_credentials', ...form }).toString();
    return this.send('POST', '/connect/token', body, { 'content-type': 'application/x-www-form-urlencoded' });
  }

  async fault(match: JsonObject, effect: JsonObject, rest: JsonObject = {}): Promise<string> {
    const reply = await this.send('POST', '/sandbox/faults', { match, effect, ...rest });
    if (reply.status !== 200) throw new Error(reply.text);
    return String(reply.json['id']);
  }

  /** Entries of portal calls, without those of token requests. */
  async callLog(): Promise<readonly JsonObject[]> {
    const { list } = await this.send('GET', '/sandbox/journal');
    return list.filter(isJsonObject).filter((entry) => entry['path'] !== '/connect/token');
  }

  async names(tenant = 'acme'): Promise<readonly unknown[]> {
    const { list } = await this.send('GET', `/sandbox/integrations?tenant=${tenant}`);
    return list.filter(isJsonObject).map((integration) => integration['name']);
  }

  reset(): Promise<Reply> {
    return this.send('POST', '/sandbox/reset');
  }

  close(): Promise<void> {
    return this.sandbox.close();
  }
}

async function readReply(response: Response): Promise<Reply> {
  const text = await response.text();
  const value = parseJson(text);
  const json = isJsonObject(value) ? value : {};
  const errors: unknown = json['errors'];
  return {
    status: response.status,
    headers: response.headers,
    text,
    json,
    list: Array.isArray(value) ? value : [],
    codes: Array.isArray(errors) ? errors.filter(isJsonObject).map((error) => error['code']) : [],
  };
}
