/**
 * The Markdown of our docs as HTML: headings with the anchors that GitHub gives them, paragraphs, tables, fenced code; within a line code, bold
 * and links. Of links only those into the same page are kept, since the other pages are not served. Lists and quotes are not known.
 */
export function docHtml(markdown: string): string {
  return markdown
    .split(/^```\w*\n([\s\S]*?)^```$/m)
    .map((part, i) => (i % 2 === 1 ? `<pre>${escaped(part)}</pre>` : textHtml(part)))
    .join('\n');
}

function textHtml(text: string): string {
  const blocks = text.split(/\n{2,}/).map((block) => block.trim());
  return blocks
    .filter((block) => block !== '')
    .map(blockHtml)
    .join('\n');
}

function blockHtml(block: string): string {
  if (block.startsWith('|')) return tableHtml(block.split('\n'));
  const [, marks, title = ''] = /^(#{1,6}) (.+)$/.exec(block) ?? [];
  if (marks === undefined) return `<p>${lineHtml(block)}</p>`;
  const level = marks.length;
  return `<h${level} id="${anchorOf(title)}">${lineHtml(title)}</h${level}>`;
}

function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}

/** Head, the line below it, rows. */
function tableHtml([head = '', , ...rows]: readonly string[]): string {
  const row = (line: string, cell: string) =>
    `<tr>${line
      .split('|')
      .slice(1, -1)
      .map((text) => `<${cell}>${lineHtml(text.trim())}</${cell}>`)
      .join('')}</tr>`;
  const body = rows.map((line) => row(line, 'td')).join('\n');
  return `<table><thead>${row(head, 'th')}</thead>\n<tbody>${body}</tbody></table>`;
}

function lineHtml(text: string): string {
  const found = /`([^`]+)`|\*\*(.+?)\*\*|\[(.+?)\]\((.+?)\)/.exec(text);
  if (found === null) return escaped(text);
  const [whole, code, bold, label = '', target = ''] = found;
  const before = escaped(text.slice(0, found.index));
  return `${before}${spanHtml()}${lineHtml(text.slice(found.index + whole.length))}`;

  function spanHtml(): string {
    if (code !== undefined) return `<code>${escaped(code)}</code>`;
    if (bold !== undefined) return `<b>${lineHtml(bold)}</b>`;
    if (target.startsWith('#')) return `<a href="${escaped(target)}">${lineHtml(label)}</a>`;
    return `<cite title="docs/${escaped(target)}">${lineHtml(label)}</cite>`;
  }
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
