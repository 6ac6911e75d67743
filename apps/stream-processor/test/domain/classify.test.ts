import { describe, expect, it } from 'vitest';
import { ClassCounts } from '../../src/domain/class-counts.ts';
import { classify, entersPanes, type ViewMemory } from '../../src/domain/classify.ts';
import { viewOf } from '../support/views.ts';

const watermark = 1_000_000;
const keptFrom = 500_000;
const fresh: ViewMemory = {
  watermark: () => watermark,
  keptFrom: () => keptFrom,
  recallEvent: () => false,
  recallViewer: () => false,
};

describe('classify', () => {
  it.each([
    ['a view above the watermark is counted', watermark + 1, { class: 'counted', reason: '' }],
    ['a view exactly at the watermark is not late', watermark, { class: 'counted', reason: '' }],
    [
      'a view below the watermark is late and kept',
      watermark - 1,
      { class: 'late', reason: 'kept' },
    ],
    [
      'a view at the start of the oldest kept pane is kept',
      keptFrom,
      { class: 'late', reason: 'kept' },
    ],
    [
      'a view before the oldest kept pane is dropped',
      keptFrom - 1,
      { class: 'late', reason: 'dropped' },
    ],
  ])('%s', (_name, at, verdict) => {
    expect(classify(viewOf({ at }), fresh)).toEqual(verdict);
  });

  it('tries duplicate before robot before double-click before late', () => {
    const memory = { ...fresh, recallViewer: () => true };
    const late = { at: keptFrom - 1 };
    const again = { ...memory, recallEvent: () => true };
    expect(classify(viewOf({ ...late, flags: 1 }), again).class).toBe('duplicate');
    expect(classify(viewOf({ ...late, flags: 1 }), memory)).toMatchObject({ reason: 'robot' });
    expect(classify(viewOf(late), memory)).toMatchObject({ reason: 'double_click' });
  });

  it('lets neither a duplicate nor a robot become the previous view of a viewer', () => {
    let asked = 0;
    const recallViewer = () => {
      asked += 1;
      return false;
    };
    classify(viewOf({ at: watermark }), { ...fresh, recallViewer, recallEvent: () => true });
    classify(viewOf({ at: watermark, flags: 1 }), { ...fresh, recallViewer });
    expect(asked).toBe(0);
  });

  it('lets only counted and kept late views enter the panes', () => {
    const enters = [watermark, watermark - 1, keptFrom - 1].map((at) =>
      entersPanes(classify(viewOf({ at }), fresh)),
    );
    expect(enters).toEqual([true, true, false]);
  });
});

describe('class counts', () => {
  it('leave no residual when every record has one fate, and show it when one has none', () => {
    const counts = new ClassCounts();
    counts.accepted = 3;
    counts.add({ class: 'counted', reason: '' });
    counts.add({ class: 'late', reason: 'dropped' });
    expect(counts.residual()).toBe(1);
    counts.add({ class: 'dead-lettered', reason: 'avro' });
    expect(counts.residual()).toBe(0);
  });
});
