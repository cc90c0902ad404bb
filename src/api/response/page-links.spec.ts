import { pageLinks } from './page-links';

const page = (pageNumber: number, total: number) => ({ pageNumber, pageSize: 50, total, isLast: false });

/** Page numbers by relation. */
function linksOf(pageNumber: number, total: number): Record<string, number> {
  const links = pageLinks('/p', { pageNumber, pageSize: 50 }, page(pageNumber, total)).split(', ');
  return Object.fromEntries(
    links.map((link) => {
      const [, number, rel = ''] = /^<\/p\?pageNumber=(\d+)&pageSize=50>; rel="(\w+)"$/.exec(link) ?? [];
      return [rel, Number(number)];
    }),
  );
}

describe('the Link header of a page (RFC 8288) [S-606]', () => {
  it.each([
    ['the only page', 0, 50, { first: 0, last: 0 }],
    ['the first of two', 0, 51, { first: 0, next: 1, last: 1 }],
    ['the last of two', 1, 100, { first: 0, prev: 0, last: 1 }],
    ['one in the middle', 1, 101, { first: 0, prev: 0, next: 2, last: 2 }],
    ['an empty collection', 0, 0, { first: 0, last: 0 }],
    ['a page beyond the end', 9, 60, { first: 0, prev: 1, last: 1 }],
    ['a page beyond an empty collection', 9, 0, { first: 0, prev: 0, last: 0 }],
  ])('of %s', (_what, pageNumber, total, links) => {
    expect(linksOf(pageNumber, total)).toEqual(links);
  });

  it('keeps the hub of the query', () => {
    expect(pageLinks('/p', { hubId: 'h', pageNumber: 0, pageSize: 1 }, { ...page(0, 1), pageSize: 1 })).toBe(
      '</p?hubId=h&pageNumber=0&pageSize=1>; rel="first", </p?hubId=h&pageNumber=0&pageSize=1>; rel="last"',
    );
  });
});
