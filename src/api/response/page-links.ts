import type { IntegrationPage } from '../../hubster/integration';
import type { CollectionQuery } from '../../integrations/hub-rules';

/** The `Link` header of a page (RFC 8288): first, prev, next, last; no next on the last page (S-606). */
export function pageLinks(
  url: string,
  { hubId, pageSize }: CollectionQuery,
  { pageNumber, total }: Omit<IntegrationPage, 'results'>,
): string {
  const last = Math.max(0, Math.ceil(total / pageSize) - 1);
  const pages: readonly (readonly [string, number, boolean])[] = [
    ['first', 0, true],
    ['prev', Math.min(pageNumber - 1, last), pageNumber > 0],
    ['next', pageNumber + 1, (pageNumber + 1) * pageSize < total],
    ['last', last, true],
  ];
  return pages
    .filter(([, , exists]) => exists)
    .map(([rel, number]) => {
      const query = new URLSearchParams({
        ...(hubId !== undefined && { hubId }),
        pageNumber: String(number),
        pageSize: String(pageSize),
      });
      return `<${url}?${query}>; rel="${rel}"`;
    })
    .join(', ');
}
