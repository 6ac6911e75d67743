import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byStanding, type Standing } from '../../src/domain/token-order.ts';
import { TopSet } from '../../src/state/top-set.ts';

const size = 3;

function world() {
  const standings = new Map<number, Standing>();
  const standingOf = (token: number) =>
    standings.get(token) ?? { views: 0, effectiveMicro: 0, token: `t${token}` };
  const active = () => [...standings.keys()].filter((token) => standingOf(token).views > 0);
  const top = new TopSet(size, { standingOf, scan: (visit) => active().forEach(visit) });
  return {
    top,
    set(token: number, views: number, effectiveMicro = 0) {
      standings.set(token, { views, effectiveMicro, token: `t${token}` });
      top.update(token, standingOf(token));
    },
    expected: () =>
      active()
        .sort((a, b) => byStanding(standingOf(a), standingOf(b)))
        .slice(0, size),
    actual: () => [...top.top(active().length)],
  };
}

describe('top set', () => {
  it('equals a full sort after any changes', () => {
    const change = fc.record({
      token: fc.nat(40),
      views: fc.nat(6),
      effective: fc.nat(2),
      look: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
        const { top: _top, set, expected, actual } = world();
        for (const { token, views, effective, look } of changes) {
          set(token, views, effective);
          if (look) expect(actual().sort()).toEqual(expected().sort());
        }
      }),
      { numRuns: 200 },
    );
  });

  it('scans all tokens only after as many fell out as it holds', () => {
    const { top, set, actual } = world();
    for (let token = 1; token <= 100; token += 1) set(token, token);
    actual();
    expect(top.scans).toBe(0);
    for (let token = 100; token > 97; token -= 1) set(token, 0);
    actual();
    expect(top.scans).toBe(0);
    for (let token = 97; token > 94; token -= 1) set(token, 0);
    actual();
    expect(top.scans).toBe(1);
  });
});
