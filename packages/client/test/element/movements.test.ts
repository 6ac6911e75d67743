import { describe, expect, test } from 'vitest';
import { Movements, movementHorizonMs } from '../../src/element/movements.ts';
import { item } from '../subscribe/support/frames.ts';

describe('movements', () => {
  test('the earlier rank that the board names comes first', () => {
    const movements = new Movements();
    const climber = item('a', 2, { previousRank: 5 });
    const faller = item('b', 3, { previousRank: 1 });
    movements.observe([climber, faller], 0);
    expect(movements.of(climber, 0)).toEqual({ places: 3, isNew: false });
    expect(movements.of(faller, 0)).toEqual({ places: -2, isNew: false });
  });

  test('a move seen here shows for a minute when the board names none', () => {
    const movements = new Movements();
    movements.observe([item('a', 4)], 0);
    movements.observe([item('a', 2)], 1_000);
    movements.observe([item('a', 1)], 2_000);
    const first = item('a', 1);
    expect(movements.of(first, 3_000).places).toBe(3);
    expect(movements.of(first, 1_000 + movementHorizonMs).places).toBe(1);
    expect(movements.of(first, 2_000 + movementHorizonMs).places).toBe(0);
  });

  test('a token without an earlier rank is new, unless all of them are', () => {
    const movements = new Movements();
    const fresh = item('a', 1, { previousRank: null });
    const old = item('b', 2);
    movements.observe([fresh, old], 0);
    expect(movements.of(fresh, 0).isNew).toBe(true);
    movements.observe([fresh], 0);
    expect(movements.of(fresh, 0)).toEqual({ places: 0, isNew: false });
  });

  test('a token that left is forgotten: its return starts anew', () => {
    const movements = new Movements();
    movements.observe([item('a', 1), item('b', 2)], 0);
    movements.observe([item('b', 1)], 1_000);
    movements.observe([item('b', 1), item('a', 2)], 2_000);
    expect(movements.of(item('a', 2), 2_000).places).toBe(0);
  });
});
