import { describe, expect, test } from 'vitest';
import { partitionFates, samplesOf } from '../src/index.ts';

const text = (partition: number, position: number, counted: number) => `# HELP x
trending_views_folded{partition="${partition}",class="accepted",service="p"} 10
trending_views_folded{partition="${partition}",class="counted",service="p"} ${counted}
trending_views_folded{partition="${partition}",class="deadLettered",service="p"} 3
trending_aggregate_position{partition="${partition}",service="p"} ${position}
other_total 1e3
`;

describe('the conservation law read from metrics', () => {
  test('a record without a fate is the residual', () => {
    expect(partitionFates([text(4, 20, 6)])).toMatchObject([
      { partition: 4, position: 20, accepted: 10, residual: 1, fates: { counted: 6 } },
    ]);
  });

  test('what was not accepted is told by the processor alone', () => {
    const told = `${text(4, 20, 6)}trending_views_unaccepted{partition="4"} -2\n`;
    expect(partitionFates([told])[0]?.unaccepted).toBe(-2);
    expect(partitionFates([text(4, 20, 6)])[0]?.unaccepted).toBeNaN();
  });

  test('a partition named twice is taken from who is further on', () => {
    const [only, ...more] = partitionFates([text(4, 20, 6), text(4, 12, 7)]);
    expect([only?.position, more]).toEqual([20, []]);
  });
});

test('samples keep quoted labels and exponents', () => {
  const found = samplesOf('a{b="x,\\"y"} 1.5e3\n# TYPE a gauge\nnot a sample', () => true);
  expect(found[0]).toEqual({ name: 'a', labels: { b: 'x,\\"y' }, value: 1500 });
});
