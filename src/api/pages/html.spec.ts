import fc from 'fast-check';
import { html, prose } from './html';

describe('html', () => {
  it('escapes values, in texts and in attributes', () => {
    const value = `<script>"it's" & more</script>`;
    const escaped = '&lt;script&gt;&quot;it&#39;s&quot; &amp; more&lt;/script&gt;';
    expect(String(html`<p title="${value}">${value}</p>`)).toBe(`<p title="${escaped}">${escaped}</p>`);
  });

  it('does not escape what it made itself, alone or in a list', () => {
    const item = html`<li>${'<'}</li>`;
    expect(String(html`<ul>${[item, [item]]}</ul>`)).toBe('<ul><li>&lt;</li><li>&lt;</li></ul>');
  });

  it('escapes the texts of a list', () => {
    expect(String(html`${['<', [1, '>']]}`)).toBe('&lt;1&gt;');
  });

  it('leaves nothing for undefined and false', () => {
    expect(String(html`<p>${undefined}${false}${0}${''}</p>`)).toBe('<p>0</p>');
  });

  it('lets no text end an attribute or begin an element', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', 'a') }), (text) => {
        expect(String(html`${text}`)).not.toMatch(/[<>"']|&(?!\w+;|#39;)/);
      }),
    );
  });
});

describe('prose', () => {
  it('makes code of words in backticks, and escapes all of it', () => {
    expect(String(prose('Send `a<b` & wait.'))).toBe('Send <code>a&lt;b</code> &amp; wait.');
  });
});
