import { JsonNumber } from '../../json/json-value';
import { KNOWN_SECRETS } from '../../secrets/known-secrets';
import { Secret } from '../../secrets/secret';
import { SecretKeys } from '../../secrets/secret-keys';
import { readEvent } from '../query/read-event';
import type { AuditRecord } from '../record';
import { isWhole, keptValue, memberText, serialise as serialiseWith } from './serialise';

const keys = new SecretKeys(Secret.of('k'.repeat(32)));
const serialise = (record: AuditRecord) => serialiseWith(record, keys);

const record: AuditRecord = {
  id: 'r1',
  phase: 'event',
  tenant: 'acme',
  caller: 'billing',
  action: 'access.refused',
  requestId: 'q1',
  address: '10.0.0.1',
};

describe('serialise', () => {
  it.each(['\n', '\r', '\u0085', '\u2028', '\u2029', '\u202e', '\u0007', '\u009b'])(
    'escapes characters that start a second line or control a viewer: %j',
    (mark) => {
      const forged = `x${mark}{"seq":1}`;
      const line = serialise({
        ...record,
        onBehalfOf: forged,
        requestId: forged,
        target: { type: 'route', id: forged },
      });
      expect(line).not.toContain(mark);
      expect(JSON.parse(line)).toMatchObject({ onBehalfOf: forged, requestId: forged, target: { id: forged } });
    },
  );

  it('cuts strings at 512 characters, at any depth', () => {
    const long = 'é'.repeat(600);
    const line = JSON.parse(
      serialise({ ...record, onBehalfOf: long, changes: [{ pointer: '/name', from: long, to: [long] }] }),
    );
    expect(line.onBehalfOf).toHaveLength(512);
    expect(line.changes[0].from).toHaveLength(512);
    expect(line.changes[0].to[0]).toHaveLength(512);
  });

  it('cuts between characters, as half of an emoji is no valid text', () => {
    const { onBehalfOf } = JSON.parse(serialise({ ...record, onBehalfOf: '🎭'.repeat(600) }));
    expect(onBehalfOf).toBe(`${'🎭'.repeat(511)}…`);
    expect(JSON.parse(serialise({ ...record, onBehalfOf: '🎭'.repeat(512) })).onBehalfOf).toBe('🎭'.repeat(512));
  });

  it('keeps numbers as they were written', () => {
    const start = [{ orderId: new JsonNumber('9007199254740993'), text: 'é'.repeat(600) }];
    const line = serialise({ ...record, changes: [{ pointer: '/start', from: new JsonNumber('1e400'), to: start }] });
    expect(line).toContain('"from":1e400,"to":[{"orderId":9007199254740993,"text":"é');
    expect(readEvent(line.replace('{', '{"seq":1,"time":"t",'))?.changes).toEqual([
      { pointer: '/start', from: new JsonNumber('1e400'), to: keptValue(start, 'acme') },
    ]);
  });

  it('stores the length of a large value in place of the value', () => {
    const origins = Array.from({ length: 400 }, (_, index) => `host-${index}.example`);
    const line = JSON.parse(serialise({ ...record, changes: [{ pointer: '/o', from: null, to: origins }] }));
    expect(line.changes).toEqual([
      { pointer: '/o', from: null, to: expect.stringMatching(/^\(\d+ characters of JSON\)$/) },
    ]);
  });

  it('masks known secrets in all text from others, before it cuts', () => {
    const secret = 'a-secret-of-an-integration';
    KNOWN_SECRETS.remember('integration', Secret.of(secret), 'acme');
    const cut = `${'x'.repeat(500)}${secret}`;
    const line = serialise({
      ...record,
      onBehalfOf: `for ${secret}`,
      requestId: `id-${secret}`,
      traceId: secret,
      changes: [
        { pointer: `/${secret}`, from: secret, to: [{ [secret]: cut }] },
        { pointer: '/name', from: null, to: 'a name' },
      ],
    });
    expect(line).not.toContain('a-secret');
    expect(JSON.parse(line)).toMatchObject({ onBehalfOf: 'for ********', requestId: 'id-********' });
  });

  it('redacts only the beginning of a text that is cut, and shows no part of a secret that crosses the cut', () => {
    const secret = `a-long-secret-${'s'.repeat(20_000)}`;
    KNOWN_SECRETS.remember('integration', Secret.of(secret), 'acme');
    const to = `${'x'.repeat(100)}${secret}${'y'.repeat(1_000_000)}`;
    const { changes } = JSON.parse(serialise({ ...record, changes: [{ pointer: '/name', from: null, to }] }));
    expect(changes).toEqual([{ pointer: '/name', from: null, to: `${'x'.repeat(100)}********…` }]);
  });

  it('masks a credential as the id of a target, but no secret that a tenant can choose, as that could hide an action', () => {
    const [credential, id] = ['00000000-0000-0000-0000-00000000c0de', '00000000-0000-0000-0000-00000000c0d3'];
    KNOWN_SECRETS.remember('configured', Secret.of(credential));
    KNOWN_SECRETS.remember('integration', Secret.of(id), 'acme');
    const idOf = (target: string) =>
      JSON.parse(serialise({ ...record, target: { type: 'integration', id: target } })).target.id;
    expect([idOf(credential), idOf(id)]).toEqual(['********', id]);
  });

  describe('redaction of secrets', () => {
    const texts = { person: 'alice@example.com', id: 'order-2026-11-28-4711', name: 'Support line Berlin' };
    const written = (tenant: string | null) =>
      JSON.parse(
        serialise({
          ...{ ...record, tenant, onBehalfOf: texts.person, requestId: texts.id, traceId: texts.id },
          changes: [{ pointer: `/${texts.name}`, from: texts.name, to: [{ [texts.name]: texts.name }] }],
        }),
      );
    beforeAll(() => {
      for (const text of Object.values(texts)) KNOWN_SECRETS.remember('integration', Secret.of(text), 'globex');
    });

    it('leaves those of another tenant, which could otherwise forge a record, or find out secrets [N2]', () => {
      expect(written('acme')).toMatchObject({
        ...{ onBehalfOf: texts.person, requestId: texts.id, traceId: texts.id },
        changes: [{ pointer: `/${texts.name}`, from: texts.name, to: [{ [texts.name]: texts.name }] }],
      });
      expect(written('acme')).not.toHaveProperty('onBehalfOfFingerprint');
    });

    it('masks all of them in a record without a tenant', () => {
      expect(written(null)).toMatchObject({ onBehalfOf: '********', requestId: '********', traceId: '********' });
    });

    it('masks those of its own tenant, with a fingerprint of a masked person, so that acts of one person can be found', () => {
      const person = (tenant: string, onBehalfOf: string): string =>
        JSON.parse(serialise({ ...record, tenant, onBehalfOf })).onBehalfOfFingerprint;
      for (const tenant of ['globex', 'initech'])
        for (const name of ['mallory@example.com', 'trudy@example.com'])
          KNOWN_SECRETS.remember('integration', Secret.of(name), tenant);
      const mallory = person('globex', 'mallory@example.com');
      expect(mallory).toMatch(/^fp2:/);
      expect(person('globex', 'mallory@example.com')).toBe(mallory);
      expect(person('globex', 'trudy@example.com')).not.toBe(mallory);
      expect(person('initech', 'mallory@example.com')).not.toBe(mallory);
    });

    it('keeps the fingerprint of a person whom an earlier record has masked', () => {
      const line = serialise({ ...record, onBehalfOf: '********', onBehalfOfFingerprint: 'fp2:aaaa.bbbb' });
      expect(readEvent(line.replace('{', '{"time":"t",'))).toMatchObject({ onBehalfOfFingerprint: 'fp2:aaaa.bbbb' });
    });
  });

  it.each([
    ['a text', 'Support', true],
    ['nothing', null, true],
    ['a list', [{ a: ['b'] }], true],
    ['a masked text', 'Support ********', false],
    ['a masked key', { '********': 1 }, false],
    ['a cut text, at any depth', [{ a: `${'x'.repeat(511)}…` }], false],
    ['the size of a value', '(2425 characters of JSON)', false],
  ])('finds out whether a value from the trail is whole: %s', (_what, value, whole) => {
    expect(isWhole(value)).toBe(whole);
  });

  it('limits the size of all values, and stores the length of each omitted one: 250 KiB of messages make 100 KiB', () => {
    const changes = Array.from({ length: 100 }, (_, n) => ({
      pointer: `/configuration/${n}`,
      from: n % 2 === 0 ? null : n,
      to: Array.from({ length: 8 }, () => 'é'.repeat(300)),
    }));
    const line = serialise({ ...record, changes });
    expect(line.length).toBeLessThan(80_000);
    const stored = JSON.parse(line).changes;
    expect(stored).toHaveLength(100);
    expect(stored[0].to).toHaveLength(8);
    expect(stored[99]).toEqual({ pointer: '/configuration/99', from: 99, to: '(2425 characters of JSON)' });
  });

  it('keeps 256 changes, and the number of those beyond', () => {
    const changes = Array.from({ length: 5000 }, (_, n) => ({ pointer: `/${n}`, from: null, to: 'x'.repeat(5000) }));
    const line = serialise({ ...record, changes });
    expect(line.length).toBeLessThan(100_000);
    expect(JSON.parse(line)).toMatchObject({ changesOmitted: 5000 - 256 });
    expect(JSON.parse(line).changes).toHaveLength(256);
  });

  it('stores the fields of the record, and no other property of the object', () => {
    const line = JSON.parse(serialise({ ...record, ...{ configuration: { authToken: 'secret' } } }));
    expect(Object.keys(line)).toEqual(['id', 'phase', 'tenant', 'caller', 'action', 'requestId', 'address']);
  });

  it.each(['billing', 'issuer#"x"\\', 'a\u2028b\n', 'é'.repeat(600)])(
    'finds the text of a caller in a line: %#',
    (caller) => {
      expect(serialise({ ...record, caller })).toContain(memberText('caller', caller));
    },
  );
});
