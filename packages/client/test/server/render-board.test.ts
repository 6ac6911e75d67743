import { describe, expect, test } from 'vitest';
import { renderBoard } from '../../src/server/index.ts';
import { board, item } from '../subscribe/support/frames.ts';

const view = { board, asOf: 0 };

describe('a board as plain HTML', () => {
  test('has a row a token, with its rank, link, chain, views and score', () => {
    const items = [item('eth:0xabc', 1, { symbol: 'PEPE', name: 'Pepe' }), item('sol:So1', 2)];
    const html = renderBoard({ ...view, items }, { tokenBase: 'https://maps.test/' });
    expect(html).toContain(
      '<tr data-token="eth:0xabc"><td>1</td><th scope="row"><a href="https://maps.test/eth/0xabc" title="Pepe">PEPE</a></th><td>Ethereum</td><td>100</td><td>99.0</td></tr>',
    );
    expect(html).toContain('<a href="https://maps.test/sol/So1" title="So1">So1</a>');
    expect(html).toContain('<caption>Trending tokens, last 1h</caption>');
  });

  test('lets no name be markup', () => {
    const evil = item(`eth:"><img src=x>`, 1, { symbol: '<script>', name: `'&"` });
    const html = renderBoard({ ...view, items: [evil] }, { caption: '<b>' });
    expect(html).not.toMatch(/<script|<img|<b>/);
    expect(html).toContain('title="&#39;&amp;&quot;"');
  });

  test('says so when it is empty', () => {
    expect(renderBoard({ ...view, items: [] })).toContain('Nothing trends here yet.');
  });
});
