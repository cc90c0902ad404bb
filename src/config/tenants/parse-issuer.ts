import { parseUrl } from '../../secrets/url';
import { isRemoteHttp } from '../loopback';
import type { Unique } from '../yaml/unique';
import type { YamlLocation } from '../yaml/yaml-location';
import { type Known, parseScopes, parseTenantIds } from './parse-access';
import type { IssuerConfig } from './tenants-config';

const KEYS = ['issuer', 'audience', 'jwksUri', 'tenantClaim', 'scopeClaim', 'tenants', 'scopes'] as const;

export function parseIssuer<S extends string>(location: YamlLocation, urls: Unique, known: Known<S>): IssuerConfig<S> {
  const field = location.fields(KEYS);
  const claim = (key: 'tenantClaim' | 'scopeClaim', name: string) =>
    field(key).isPresent ? field(key).text('the name of a claim') : name;
  return {
    issuer: urls.add(parseIssuerUrl(field('issuer')).text, field('issuer')),
    audience: field('audience').text('an audience'),
    jwksUri: parseIssuerUrl(field('jwksUri')).url,
    tenantClaim: claim('tenantClaim', 'tenant'),
    scopeClaim: claim('scopeClaim', 'scope'),
    tenants: parseTenantIds(field('tenants'), known),
    scopes: field('scopes').isPresent ? parseScopes(field('scopes'), known) : new Set(known.scopes),
  };
}

/** With the text, as `iss` is compared as text, not as a URL (RFC 7519, section 4.1.1). */
function parseIssuerUrl(location: YamlLocation): { readonly text: string; readonly url: URL } {
  const placeholder = { text: '', url: new URL('https://invalid') };
  return location.parsed(
    'an https URL without user-info and fragment (http for loopback)',
    (text) => {
      if (!/^https?:\/\/[^/\\?#@\s]+([/?][^\\#\s]*)?$/i.test(text)) return undefined;
      const url = parseUrl(text);
      return !url || isRemoteHttp(url) ? undefined : { text, url };
    },
    placeholder,
  );
}
