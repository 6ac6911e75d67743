// A live board with the React hook, and one connection although two components show it. Bundle it to app.js.
import { reportView } from '@trending/client/beacon';
import { useBoard } from '@trending/client/react';
import { StrictMode, useEffect } from 'react';
import { createRoot } from 'react-dom/client';

const query = new URLSearchParams(location.search);
const endpoint = query.get('gateway') ?? 'http://127.0.0.1:3002';
const publishUrl = query.get('publish') ?? 'http://127.0.0.1:3000';
// Addresses may have colons of their own: only the first one ends the chain.
const token = query.get('token') ?? 'eth:0x6982508145454ce325ddbe47a25d4ec3d2311933';
const [chain = '', address = ''] = token.split(/:(.*)/s);
const board = { endpoint, window: '5m', formula: 'views' };

function Board() {
  const { items, status, error } = useBoard({ ...board, limit: 10 });
  if (error !== undefined) return <p role="alert">{error.message}</p>;
  return (
    <ol data-status={status}>
      {items.map(({ token, symbol, rawViews }) => (
        <li key={token} data-token={token}>
          {symbol ?? token}: {rawViews} views
        </li>
      ))}
    </ol>
  );
}

function Leader() {
  const { items } = useBoard({ ...board, limit: 1 });
  return <h1>Most viewed now: {items[0]?.symbol ?? items[0]?.token ?? '…'}</h1>;
}

/** The map of one token: looking at it is a view. */
function TokenMap() {
  useEffect(() => reportView({ endpoint: publishUrl, chain, address, source: 'web' }), []);
  return <p>Here is the map of {address}.</p>;
}

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no #root');
createRoot(root).render(
  <StrictMode>
    <Leader />
    <Board />
    <TokenMap />
  </StrictMode>,
);
