import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { expect, test } from 'vitest';
import { useBoard } from '../../src/react/index.ts';
import type { BoardView } from '../../src/subscribe/index.ts';
import { board, item } from '../subscribe/support/frames.ts';

function List({ initial }: { readonly initial?: BoardView }) {
  const { items, status } = useBoard({
    endpoint: 'http://127.0.0.1:9',
    limit: 2,
    ...(initial && { initial }),
  });
  return createElement('p', null, `${status}: ${items.map(({ token }) => token).join(' ')}`);
}

test('on the server the hook shows the board it was given, and opens nothing', () => {
  const times = { epoch: 1, seq: 1, asOf: 0, receivedAt: 0, scoredAt: 0, pushedAt: 0 };
  const items = [1, 2, 3].map((rank) => item(`eth:0x${rank}`, rank));
  const initial: BoardView = { board, ...times, items, madeBy: 'snapshot' };
  expect(renderToString(createElement(List, { initial }))).toBe(
    '<p>connecting: eth:0x1 eth:0x2</p>',
  );
});

test('without a board it shows none', () => {
  expect(renderToString(createElement(List))).toBe('<p>connecting: </p>');
});
