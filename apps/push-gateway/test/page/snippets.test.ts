import { expect, test } from 'vitest';
import { embedSnippet } from '../../src/page/snippets.ts';

const origin = 'https://gateway.test';
const board = { window: '6h', formula: 'views', chain: '', category: '' };
const script = `<script type="module" src="${origin}/embed/v1/trending-tokens.js"></script>\n`;

test.each([
  ['over everything', {}, ''],
  ['of a chain', { chain: 'eth' }, ' chain="eth"'],
  ['of a category', { category: 'a "b" & c' }, ' category="a &quot;b&quot; &amp; c"'],
])('the element to embed shows the very board that is shown: %s', (_, scope, attributes) => {
  expect(embedSnippet(origin, { ...board, ...scope })).toBe(
    `${script}<trending-tokens endpoint="${origin}" window="6h" formula="views"${attributes}></trending-tokens>`,
  );
});
