import type { BoardView, TrendingTokens } from '@trending/client/element';
import { byId } from './by-id.ts';

interface Spike {
  readonly token: string;
  readonly symbol?: string;
}

/** Shows the demo's banner and its one button: a made-up crowd for one token, whose climb is then told. */
export function startDemo(demoUrl: string, board: TrendingTokens): void {
  byId('banner').hidden = false;
  byId('demo').hidden = false;
  const button = byId('spike') as HTMLButtonElement;
  const result = byId('demo-result');
  let spiked: Spike | undefined;
  board.addEventListener('board-update', (event) => {
    const text = spiked && climbText(spiked, (event as CustomEvent<BoardView>).detail);
    if (text !== undefined && text !== result.textContent) result.textContent = text;
  });
  const spike = async (): Promise<void> => {
    button.disabled = true;
    try {
      spiked = await postSpike(demoUrl);
      result.textContent = `${nameOf(spiked)} is surging. Watch it climb.`;
      showFastest(board);
      board.highlight(spiked.token);
    } catch (error) {
      result.textContent = `The demo traffic did not answer: ${String(error)}`;
    } finally {
      button.disabled = false;
    }
  };
  button.addEventListener('click', () => void spike());
}

/** A surge is seen first on the five-minute board over everything. */
function showFastest(board: TrendingTokens): void {
  board.choose({ window: '5m', chain: '', category: '' });
}

async function postSpike(demoUrl: string): Promise<Spike> {
  const answer = await fetch(`${demoUrl.replace(/\/+$/, '')}/spike`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return (await answer.json()) as Spike;
}

function climbText(spike: Spike, view: BoardView): string | undefined {
  const item = view.items.find(({ token }) => token === spike.token);
  return item && `${nameOf(spike)} is surging: now #${item.rank} of the last five minutes.`;
}

function nameOf({ symbol, token }: Spike): string {
  return symbol ?? token;
}
