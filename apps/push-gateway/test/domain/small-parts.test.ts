import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boardProblem } from '../../src/domain/board-choice.ts';
import { BoardShelf } from '../../src/domain/board-shelf.ts';
import { explanationOf } from '../../src/domain/explanation.ts';
import { MessageBudget } from '../../src/domain/message-budget.ts';
import { decodeCursor, encodeCursor } from '../../src/domain/page-cursor.ts';
import { PinnedVersions } from '../../src/domain/pinned-versions.ts';
import { same } from '../../src/domain/same.ts';
import { standingsOf } from '../../src/domain/standing.ts';
import { TokenDirectory } from '../../src/domain/token-directory.ts';
import { namedToken, tokensWithAddress } from '../../src/domain/token-finder.ts';
import { parseClientFrame } from '../../src/protocol.ts';
import { boardOf, tokens } from '../support/boards.ts';

const metadata = (chain: string, address: string) => ({
  chain,
  address,
  name: 'N',
  symbol: 'S',
  categories: [],
  createdAt: null,
  logoUri: null,
  updatedAt: 1,
});

describe('equality of plain data', () => {
  it('agrees with comparing canonical text', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(same(a, structuredClone(a))).toBe(true);
        if (same(a, b)) expect(b).toEqual(a);
      }),
    );
  });

  it('does not look at methods of decoded records', () => {
    class Decoded {
      rank = 1;
    }
    Object.defineProperty(Decoded.prototype, 'toBuffer', { value: () => 0, enumerable: true });
    expect(same({ rank: 1 }, new Decoded())).toBe(true);
    expect(same(new Decoded(), { rank: 1, more: 2 })).toBe(false);
  });
});

describe('a page cursor', () => {
  it('reads back what was written', () => {
    const text = fc.string({ maxLength: 20 });
    fc.assert(
      fc.property(fc.tuple(fc.nat(), fc.nat(), fc.nat()), ([epoch, seq, shown]) => {
        const cursor = {
          board: { formula: 'trending', window: '1h', scope: 'chain:eth' },
          epoch,
          seq,
          shown,
        };
        expect(decodeCursor(encodeCursor(cursor))).toEqual(cursor);
      }),
    );
    fc.assert(fc.property(text, (any) => void decodeCursor(any)));
  });

  it.each(['', '!!', btoa('{}'), btoa('["a","b","c",1,2]'), btoa('["a","b","c",1,2,-3]')])(
    'refuses %j',
    (text) => expect(decodeCursor(text)).toBeUndefined(),
  );
});

describe('pinned versions', () => {
  const shelf = new BoardShelf(new TokenDirectory());
  const pinned = (seq: number) => shelf.apply(boardOf(tokens(3), { seq })).version!;

  it('are found until their time is over', () => {
    const pins = new PinnedVersions({ maxVersions: 5, keptMs: 100 });
    const version = pinned(1);
    pins.pin(version, 1_000);
    expect(pins.find(version.key, { epoch: 0, seq: 1 }, 1_099)).toBe(version);
    expect(pins.find(version.key, { epoch: 0, seq: 1 }, 1_100)).toBeUndefined();
  });

  it('never exceed their number: the oldest goes', () => {
    const pins = new PinnedVersions({ maxVersions: 2, keptMs: 100 });
    for (const seq of [2, 3, 4]) pins.pin(pinned(seq), 1_000);
    expect(pins.size).toBe(2);
    expect(pins.find('trending|1h|all', { epoch: 0, seq: 2 }, 1_000)).toBeUndefined();
    expect(pins.find('trending|1h|all', { epoch: 0, seq: 4 }, 1_000)).toBeDefined();
  });
});

describe('the message budget', () => {
  it('lets so many messages a second through, answers the first one over it, and finds a flood', () => {
    const budget = new MessageBudget(2);
    const verdicts = Array.from({ length: 21 }, () => budget.take(5_000));
    expect(verdicts.slice(0, 4)).toEqual(['within', 'within', 'first-over', 'over']);
    expect(verdicts.at(-1)).toBe('flood');
    expect(budget.take(6_000)).toBe('within');
  });
});

const ref = { formula: 'trending', window: '1h', scope: 'all' };

describe('a frame that is none', () => {
  it.each([
    [{ type: 'subscribe', board: {} }, 'frame/board must have required properties'],
    [{ type: 'unsubscribe' }, 'frame must have required properties board.'],
    [{ type: 'subscribe', board: ref, limit: 20, limt: 1 }, 'frame/limt is not a known field.'],
    [{ type: 'sing' }, 'Not a frame.'],
  ])('is answered with what is wrong in it: %j', (frame, what) => {
    const parsed = parseClientFrame(frame);
    expect(parsed.ok ? '' : parsed.problem.message).toContain(what);
  });
});

describe('a board asked for', () => {
  const ask = (part: object) =>
    boardProblem({ formula: 'trending', window: '1h', scope: 'all', ...part }, ['trending']);

  it('is right or told the choices', () => {
    expect(ask({})).toBeUndefined();
    expect(ask({ scope: 'chain:arbitrum-one' })).toBeUndefined();
    expect(ask({ formula: 'magic' })).toContain('Formulas: trending');
    expect(ask({ window: '2h' })).toContain('Windows: 5m, 1h');
    expect(ask({ scope: 'chain:' })).toContain('chain:<chain>');
    expect(ask({ scope: `chain:${'x'.repeat(100)}` })?.length).toBeLessThan(150);
  });
});

describe('the token directory', () => {
  it('finds a token by its address on every chain, and forgets a removed one', () => {
    const directory = new TokenDirectory();
    directory.put('eth:0xab', metadata('eth', '0xab'));
    directory.put('base:0xab', metadata('base', '0xab'));
    expect(tokensWithAddress('0xAB', { boards: [], directory })).toEqual(['base:0xab', 'eth:0xab']);
    directory.put('eth:0xab', null);
    expect(tokensWithAddress('0xab', { boards: [], directory })).toEqual(['base:0xab']);
  });

  it('keeps no token’s week, which is told under a key of its own and shown nowhere', () => {
    const directory = new TokenDirectory();
    expect(directory.put('week|eth:0xab', metadata('eth', '0xab'))).toBe(false);
    expect(directory.size).toBe(0);
    expect(tokensWithAddress('0xab', { boards: [], directory })).toEqual([]);
  });

  it('is bounded: the longest unchanged token goes first', () => {
    const directory = new TokenDirectory(2);
    for (const address of ['a', 'b', 'a', 'c'])
      directory.put(`x:${address}`, metadata('x', address));
    expect(directory.size).toBe(2);
    expect(directory.get('x:b')).toBeUndefined();
    expect(directory.withAddress('b')).toEqual([]);
  });
});

describe('a token named', () => {
  it.each([
    [{ address: '0xAB', chain: 'ETH' }, 'eth:0xab'],
    [{ address: 'Eth:0xAB' }, 'eth:0xab'],
    [{ address: 'sol:So11' }, 'sol:So11'],
    [{ address: '0:ABCD', chain: 'ton' }, 'ton:0:ABCD'],
    [{ address: '0:ABCD' }, undefined],
    [{ address: '-1:ABCD' }, undefined],
    [{ address: '__proto__' }, undefined],
  ])('%j is %s', (question, token) => expect(namedToken(question)).toBe(token));
});

describe('standing and explanation', () => {
  const shelf = new BoardShelf(new TokenDirectory());
  shelf.apply(boardOf(['eth:a', 'eth:b']));
  shelf.apply(boardOf(['eth:b', 'eth:a'], { window: '5m' }));

  it('lists the boards of a token, best rank first', () => {
    const standings = standingsOf('eth:b', shelf.all());
    expect(standings.map(({ version, item }) => [version.board.window, item.rank])).toEqual([
      ['5m', 1],
      ['1h', 2],
    ]);
    expect(standingsOf('eth:c', shelf.all())).toEqual([]);
  });

  it('says it in one sentence', () => {
    const version = shelf.get('trending|1h|all')!;
    expect(explanationOf(version, version.items[0]!)).toBe(
      'a is number 1 of 2 on the 1h trending board with 2.0 points (views +2.0): ' +
        '12 views by 4 visitors, 2.0 times the 6 of the period before.',
    );
  });

  it('says how many more visitors there are than usual, where the formula knows', () => {
    const version = shelf.get('trending|1h|all')!;
    const item = {
      ...version.items[0]!,
      observed: 412_000_000,
      expected: 96_400_000,
      visitors: 530,
      contributions: [
        { name: 'surprise', micro: 5_300_000 },
        { name: 'integrity', micro: -3_300_000 },
      ],
      burstSince: Date.UTC(2026, 4, 20, 14, 3),
    };
    const told =
      'a is number 1 of 2 on the 1h trending board with 2.0 points (surprise +5.3, integrity −3.3): ' +
      '412 effective visitors where 96 are usual (5.3 sigma); 118 of 530 visitors not counted';
    expect(explanationOf(version, item)).toBe(
      `${told}, surging since 14:03 UTC; ` +
        '3.3 points lost: the 530 visitors are less varied than is usual for so many.',
    );
    const toOperators = (capped: number) => explanationOf(version, item, { networks: 371, capped });
    const because =
      '3.3 points lost: 371 networks behind 530 visitors, fewer than is usual for so many.';
    expect(toOperators(96_000_000)).toBe(
      `${told}, 96 of them for sharing networks, surging since 14:03 UTC; ${because}`,
    );
    for (const nothing of [0, -1])
      expect(toOperators(nothing)).toBe(`${told}, surging since 14:03 UTC; ${because}`);
  });

  it('knows its formulas and scopes', () => {
    shelf.apply(boardOf(['eth:a'], { formula: 'trending', scope: 'chain:eth' }));
    expect(shelf.formulas()).toEqual(['classic', 'trending', 'views']);
    expect(shelf.scopes()).toEqual(['all', 'chain:eth']);
  });
});
