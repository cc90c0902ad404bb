import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './ports';

const run = promisify(execFile);

/** An authority, a certificate of a server for one name or address, and one of a client, as files of a temporary folder. */
export class RedisCertificates {
  private constructor(private readonly directory: string) {}

  /** @param server say `DNS:localhost` or `IP:127.0.0.1` */
  static async make(server: string): Promise<RedisCertificates> {
    const made = new RedisCertificates(await mkdtemp(join(tmpdir(), 'redis-tls-')));
    await made.#openssl('req', '-x509', ...NEW_KEY, '-subj', '/CN=authority', '-keyout', 'ca.key', '-out', 'ca.crt');
    await made.#sign('server', `subjectAltName=${server}`);
    await made.#sign('client', 'extendedKeyUsage=clientAuth');
    return made;
  }

  /** For the service. */
  get variables() {
    return {
      REDIS_CA_FILE: this.#path('ca.crt'),
      REDIS_CLIENT_CERT_FILE: this.#path('client.crt'),
      REDIS_CLIENT_KEY_FILE: this.#path('client.key'),
    };
  }

  /** For a Sentinel that requires a certificate of its clients, and for what it monitors. */
  async sentinelLines(): Promise<{ readonly tlsPort: number; readonly lines: readonly string[] }> {
    const { tlsPort, options } = await this.serverOptions();
    const words = [...options, '--tls-replication', 'yes'];
    const lines = words.flatMap((word, index) => (index % 2 === 0 ? [`${word.slice(2)} ${words[index + 1]}`] : []));
    return { tlsPort, lines };
  }

  /** For a server that requires a certificate of its clients; beside its plain port. */
  async serverOptions(): Promise<{ readonly tlsPort: number; readonly options: readonly string[] }> {
    const tlsPort = await freePort();
    const files = ['--tls-cert-file', this.#path('server.crt'), '--tls-key-file', this.#path('server.key')];
    const clients = ['--tls-ca-cert-file', this.#path('ca.crt'), '--tls-auth-clients', 'yes'];
    return { tlsPort, options: ['--tls-port', `${tlsPort}`, ...files, ...clients] };
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true });
  }

  async #sign(name: string, extension: string): Promise<void> {
    await writeFile(this.#path(`${name}.ext`), extension);
    await this.#openssl('req', ...NEW_KEY, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    const authority = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', `${name}.ext`];
    await this.#openssl('x509', '-req', '-in', `${name}.csr`, ...authority, '-days', '1', '-out', `${name}.crt`);
  }

  async #openssl(...args: readonly string[]): Promise<void> {
    await run('openssl', args, { cwd: this.directory });
  }

  #path(name: string): string {
    return join(this.directory, name);
  }
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
