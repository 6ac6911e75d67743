// marked: reads all of GitHub's Markdown, of which our docs are written, and needs nothing else.
import { Marked } from 'marked';

const reader = new Marked({
  gfm: true,
  renderer: {
    heading({ tokens, depth, text }) {
      return `<h${depth} id="${anchorOf(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
    },
    link({ href, tokens }) {
      const label = this.parser.parseInline(tokens);
      const target = href.replaceAll('"', '&quot;');
      if (href.startsWith('#')) return `<a href="${target}">${label}</a>`;
      return `<cite title="docs/${target}">${label}</cite>`;
    },
  },
});

/**
 * The Markdown of our docs as HTML, headings with the anchors that GitHub gives them. Of links only those into the same page are kept,
 * since the other pages are not served. It trusts the text: HTML in it stays HTML.
 */
export function docHtml(markdown: string): string {
  return reader.parse(markdown, { async: false });
}

function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}
