import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { html } from './markup.js';

describe('markup', () => {
  it('takes whatever is put in as text, in elements and attributes', () => {
    expect(html`<p title="${'"><script>alert(1)</script>'}">${`O'Reilly & <b>`}</p>`.text).toBe('<p title="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;">O&#39;Reilly &amp; &lt;b&gt;</p>');
    expect(html`${[html`<i>${1}</i>`, html`<i>${'<'}</i>`]}${null}${false}`.text).toBe('<i>1</i><i>&lt;</i>');
  });

  it('lets no sign through that ends an element or an attribute', () => {
    fc.assert(fc.property(fc.string(), (said) => {
      const inside = html`<p>${said}</p>`.text.slice(3, -4);
      expect(inside).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/);
      expect(inside.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&#39;/g, "'").replace(/&amp;/g, '&')).toBe(said);
    }));
  });
});
