import { describe, expect, it } from 'vitest';
import { type PageTree, parsePage } from './page-tree.js';

const tagsOf = (tree: PageTree): string[] => Array.from({ length: tree.size }, (_, node) => tree.tagOf(node));

/** Tags and texts in document order. */
const flat = (html: string, contentType?: string): string => {
  const tree = parsePage(html, {}, contentType);
  if (tree === undefined) return '';
  return tagsOf(tree)
    .map((tag, at) => (tag === '#text' ? tree.textOf(at) : `<${tag}>`))
    .join('');
};

describe('parsePage', () => {
  it('holds what is shown', () => {
    expect(
      flat('<title>T</title><p>a<script>b</script>c<svg><text>d</text></svg>e<noscript>f</noscript>'),
    ).toBe('<#document><html><body><p>ace');
    expect(flat('<p>a<button>b</button>c<h2><button>Question?</button></h2>')).toBe(
      '<#document><html><body><p>a<button>bc<h2><button>Question?',
    );
    expect(
      flat('<div><template shadowrootmode=open><p>shown</template><template><p>not</template></div>'),
    ).toBe('<#document><html><body><div><template><p>shown');
  });

  it('knows what subtrees are', () => {
    const tree = parsePage('<body><ul><li>a<li>b</ul><p hidden>c<p hidden=until-found class=X id=Y>d')!;
    expect(tagsOf(tree).join(' ')).toBe('#document html body ul li #text li #text p #text p #text');
    expect([...tree.end]).toEqual([12, 12, 12, 8, 6, 6, 8, 8, 10, 10, 12, 12]);
    expect([...tree.parent]).toEqual([-1, 0, 1, 2, 3, 4, 3, 6, 2, 8, 2, 10]);
    expect([...tree.hidden]).toEqual([8]);
    expect(tree.cues[tree.cueNumber[10]!]).toBe('x y');
    expect(tree.attribute(10, 'class')).toBe('X');
    expect(tree.attribute(5, 'class')).toBeUndefined();
  });

  it('leaves out what cannot be seen, and blanks between the bases of a ruby', () => {
    expect(
      flat('<p>nul\0, \x01control, soft\u00adhyphen, zero\u200bwidth, \ufeffmark, \u0645\u06cc\u200c\u0634'),
    ).toBe('<#document><html><body><p>nul, control, softhyphen, zerowidth, mark, \u0645\u06cc\u200c\u0634');
    expect(
      flat('<p><ruby>\n東<rp>(</rp><rt>とう</rt><rp>)</rp>\n 京 <rt>きょう</rt></ruby>').replace(
        /<[^>]*>/g,
        '',
      ),
    ).toBe('東京');
  });

  it('writes each formula once', () => {
    const math =
      '<math><semantics><mi>x</mi><annotation encoding="application/x-tex">x</annotation></semantics></math>';
    const only = (html: string): string => flat(`<p>${html}`).replace(/<[^>]*>/g, '');
    expect(only(math)).toBe('\\(x\\)');
    expect(only(math.replace('<math', '<math display=block'))).toBe('\\[x\\]');
    expect(
      only(
        `<span class=katex><span class=katex-mathml>${math}</span><span class=katex-html aria-hidden=true>x</span></span>`,
      ),
    ).toBe('\\(x\\)');
    expect(
      only(
        '<span class=MathJax_Preview>y2</span><span class=MathJax><span>y2</span></span><script type="math/tex; mode=display">y^2</script>',
      ),
    ).toBe('\\[y^2\\]');
    expect(
      only(
        `<mjx-container display=true><svg></svg><mjx-assistive-mml>${math}</mjx-assistive-mml></mjx-container>`,
      ),
    ).toBe('\\[x\\]');
    expect(only('<math alttext="a\\over b"><mfrac><mi>a</mi><mi>b</mi></mfrac></math>')).toBe(
      '\\(a\\over b\\)',
    );
    expect(
      only(
        '<math><msup><mi>x</mi><mn>2</mn></msup><mo>=</mo><mfrac><mn>1</mn><msqrt><mi>y</mi></msqrt></mfrac></math>',
      ),
    ).toBe('\\(x^{2}=\\frac{1}{\\sqrt{y}}\\)');
    expect(only('<img class=latex alt="$z_1$">')).toBe('\\(z_1\\)');
  });

  it('does not take what follows an unclosed link for linked', () => {
    expect(flat('<p><a href=x>link<p>one<p>two')).toBe(
      '<#document><html><body><p><a>link<p><span>one<p><span>two',
    );
  });

  it('reads XHTML as XML where it is well formed', () => {
    const html = '<html><head><script src="a"/></head><body><p>text</p></body></html>';
    expect(flat(html, 'application/xhtml+xml')).toBe('<#document><html><body><p>text');
    expect(flat(html)).toBe('<#document><html><body>');
    expect(flat('<html><p>one<p>two</html>', 'application/xhtml+xml')).toBe(
      '<#document><html><body><p>one<p>two',
    );
  });

  it('says no to more nodes than it may', () => {
    expect(parsePage('<i>x</i>'.repeat(1000), { maxNodes: 1999 })).toBeUndefined();
    expect(parsePage('<i>x</i>'.repeat(1000), { maxNodes: 2005 })).toBeDefined();
  });
});
