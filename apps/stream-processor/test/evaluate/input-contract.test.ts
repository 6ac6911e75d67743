import { describe, expect, test } from 'vitest';
import { trendingFormula } from '../../src/domain/formula.ts';
import { Evaluation, type EvaluationStep } from '../../src/evaluate/evaluation.ts';
import { evaluationOptions } from '../../src/evaluate/options.ts';
import { type ViewEvent, viewEventOf } from '../../src/evaluate/view-event.ts';
import { formulas, rankFormulaOf } from '../../src/tasks/rank-formulas.ts';

const startedAt = Date.UTC(2026, 4, 20, 9);
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

function lineOf(given: Readonly<Record<string, unknown>>): string {
  const viewedAt = '2026-05-20T09:00:00Z';
  const event = { eventId: 'e', chain: 'eth', token: '0x1', viewer: 'v', network: 'n', viewedAt };
  return JSON.stringify({ ...event, ...given });
}

function viewOf(given: Readonly<Record<string, unknown>>) {
  return viewEventOf(lineOf(given)).view;
}

/** A view at a time; times in minutes. */
function eventAt(minute: number, viewer: number, given: Readonly<Record<string, unknown>> = {}) {
  const viewedAt = startedAt + minute * minuteMs;
  const names = { eventId: `${minute} ${viewer}`, viewer: `v${viewer}`, network: `n${viewer}` };
  return viewEventOf(lineOf({ ...names, viewedAt, ...given }));
}

/** Twelve visitors a minute of `0x1`, every minute of `[from, to)`. */
function crowd(from: number, to: number): ViewEvent[] {
  return Array.from({ length: to - from }, (_, i) =>
    Array.from({ length: 12 }, (__, n) => eventAt(from + i, i * 12 + n)),
  ).flat();
}

function evaluationWith(...args: readonly string[]): Evaluation {
  const settings = evaluationOptions(args);
  if (settings === 'help') throw new Error('help');
  return new Evaluation(settings);
}

function run(events: readonly ViewEvent[], ...args: readonly string[]) {
  const evaluation = evaluationWith('--formula', 'views', ...args);
  const steps: EvaluationStep[] = events.flatMap((event) => [...evaluation.add(event)]);
  return { steps: [...steps, ...evaluation.end()], evaluation };
}

describe('a token', () => {
  test('keeps the case of names, and only its hexadecimal numbers are in lower case', () => {
    const sui = viewOf({ chain: 'sui', token: 'sui:0x2::sui::SUI' });
    expect(sui.token).toBe('sui:0x2::sui::SUI');
    expect(viewOf({ token: '0xABcd' }).token).toBe('eth:0xabcd');
    expect(viewOf({ chain: 'sol', token: 'So1anaAddressX' }).token).toBe('sol:So1anaAddressX');
  });

  test('is one token whatever the case of its chain', () => {
    expect(viewOf({ chain: 'ETH', token: '0x1' }).token).toBe('eth:0x1');
    expect(viewOf({ chain: 'ETH', token: 'eth:0x1' }).token).toBe('eth:0x1');
    expect(viewOf({ chain: undefined, token: 'ETH:0x1' }).token).toBe('eth:0x1');
    expect(viewOf({ chain: 'ETH', token: '0x1' }).chain).toBe('eth');
  });

  test.each([
    ['a space', { token: '0x 1' }],
    ['a letter beyond ASCII', { token: 'tokén' }],
    ['a chain with a space', { chain: 'my chain' }],
    ['no address', { token: 'eth:' }],
  ])('with %s is refused where its line is read', (_, given) => {
    expect(() => viewOf(given)).toThrow(/is no chain:address/);
  });
});

describe('a time', () => {
  test('without a zone is UTC', () => {
    expect(viewOf({ viewedAt: '2026-01-31T12:00:00' }).viewedAt).toBe(Date.UTC(2026, 0, 31, 12));
    expect(viewOf({ viewedAt: '2026-01-31 12:00:00.5' }).viewedAt).toBe(
      Date.UTC(2026, 0, 31, 12, 0, 0, 500),
    );
    expect(viewOf({ viewedAt: '2026-01-31T12:00:00+02:00' }).viewedAt).toBe(
      Date.UTC(2026, 0, 31, 10),
    );
  });

  test.each([8.64e15 + 1, 2.2e13, Date.UTC(2026, 0) * 1_000])('of %d is refused', (viewedAt) => {
    expect(() => viewOf({ viewedAt })).toThrow(/viewedAt \d+ .*beyond the year 2600.*ms/);
    expect(() => viewOf({ receivedAt: viewedAt })).toThrow(/receivedAt \d+ .*beyond/);
  });

  test('that is no ISO 8601 is refused, since its zone would be the machine’s', () => {
    expect(() => viewOf({ viewedAt: 'Jan 31 2026 12:00' })).toThrow(/is no time/);
  });
});

describe('the time looked at', () => {
  test('makes a quarter of a view that ended at once, as in the pipeline', () => {
    expect(viewOf({ dwellMs: 0 }).weightMicro).toBe(250_000);
    expect(viewOf({ dwellMs: 0, source: 'trending_list' }).weightMicro).toBe(125_000);
    expect(viewOf({ dwellMs: 1 }).weightMicro).toBe(1_000_000);
    expect(viewOf({ dwellMs: null }).weightMicro).toBe(1_000_000);
  });

  test.each([-1, 0.5, 'long'])('of %s is refused', (dwellMs) => {
    expect(() => viewOf({ dwellMs })).toThrow(/dwellMs .*whole number of milliseconds/);
  });
});

describe('a floor', () => {
  test('may be zero or a part of a visitor', () => {
    for (const text of ['0', '2.5']) expect(evaluationWith('--floor', text)).toBeDefined();
    for (const text of ['-1', 'few', '', 'Infinity'])
      expect(() => evaluationOptions(['--floor', text])).toThrow(/--floor/);
  });

  test.each(formulas.map(({ id }) => id))('of zero lists every token with a view by %s', (id) => {
    const events = [...crowd(0, 20), eventAt(19.9, 999, { token: '0x2' })];
    const last = (...args: string[]) =>
      run(events, '--formula', id, ...args)
        .steps.at(-1)
        ?.items.map(({ token }) => token)
        .sort();
    expect(last('--floor', '0')).toEqual(['eth:0x1', 'eth:0x2']);
    expect(last('--floor', '2.5')).toEqual(['eth:0x1']);
  });
});

test('a step is at most a week, so that every end of a step is a date', () => {
  expect(() => evaluationOptions(['--every', '99999999999h'])).toThrow(/--every/);
  expect(evaluationWith('--every', '168h')).toBeDefined();
});

describe('a view far ahead of the others', () => {
  const rest = crowd(0, 120);
  const withAt = (index: number, ...odd: readonly ViewEvent[]) => [
    ...rest.slice(0, index),
    ...odd,
    ...rest.slice(index),
  ];
  const future = { viewedAt: '2099-01-01T00:00:00Z', receivedAt: '2099-01-01T00:00:00Z' };

  test.each([0, 1, 500])('does not move the boards, as line %d', (index) => {
    const { steps, evaluation } = run(withAt(index, eventAt(0, 1e6, future)));
    expect(steps).toEqual(run(rest).steps);
    expect(evaluation.ahead).toBe(1);
    expect(evaluation.late).toBe(0);
  });

  test('does not move the boards when it comes twice, or from one visitor again and again', () => {
    const odd = eventAt(0, 1e6, future);
    expect(run(withAt(500, odd, odd)).steps).toEqual(run(rest).steps);
    const events = rest.flatMap((event, i) =>
      i % 9 === 4 ? [event, eventAt(i, 1e6, future)] : [event],
    );
    expect(run(events).steps).toEqual(run(rest).steps);
  });

  test('at the end does not make steps for years', () => {
    const { steps, evaluation } = run([...rest, eventAt(0, 1e6, future)]);
    expect(steps).toEqual(run(rest).steps);
    expect(evaluation.ahead).toBe(1);
  });

  test('counts once the stream has come near', () => {
    const early = eventAt(100, 1e6, { token: '0xe' });
    const { steps, evaluation } = run(withAt(12, early), '--floor', '1');
    expect(steps.at(-1)?.items.map(({ token }) => token)).toContain('eth:0xe');
    expect(steps.length).toBe(run(rest).steps.length);
    expect(evaluation.ahead).toBe(0);
  });

  test('with a receipt of years to come does not make the log remember for ever', () => {
    const odd = eventAt(40, 1e6, { receivedAt: future.receivedAt });
    // An event id is forgotten again, so that its next use is a view of its own.
    const same = { eventId: 'again', token: '0xf' };
    const events = [
      ...withAt(
        rest.findIndex(({ timestamp }) => timestamp > odd.view.viewedAt),
        odd,
      ),
      eventAt(121, 2e6, same),
      ...crowd(122, 260),
      eventAt(260, 3e6, same),
    ];
    const views = run(events, '--window', '6h', '--floor', '1').steps.at(-1)?.items;
    expect(views?.find(({ token }) => token === 'eth:0xf')?.score).toBe(2);
  });
});

describe('a gap in the views', () => {
  test.each([
    ['5 hours', 5],
    ['4 days', 96],
    ['40 days', 960],
  ])('of %s has a line for every step, and the views behind it count', (_, hours) => {
    const { steps, evaluation } = run([...crowd(0, 30), ...crowd(hours * 60, hours * 60 + 30)]);
    const first = steps[0]?.asOf ?? 0;
    expect(steps.map(({ asOf }) => asOf)).toEqual(
      steps.map((_step, i) => first + i * 5 * minuteMs),
    );
    expect(steps.at(-1)?.asOf).toBeGreaterThanOrEqual(startedAt + hours * hourMs + 29 * minuteMs);
    expect(steps.at(-1)?.items[0]?.score).toBe(360);
    expect([evaluation.ahead, evaluation.late, evaluation.counted]).toEqual([0, 0, 720]);
  });

  test('before the last view of all is one too', () => {
    const { steps, evaluation } = run([...crowd(0, 30), eventAt(600, 1e6)]);
    expect(steps.at(-1)?.asOf).toBe(startedAt + 600 * minuteMs);
    expect(steps.at(-1)?.items[0]?.score).toBe(1);
    expect(evaluation.counted).toBe(361);
  });

  test('may have late ones of before it among the first behind it', () => {
    const [a, ...behind] = crowd(300, 330);
    const { evaluation } = run([...crowd(0, 30), a!, eventAt(29.9, 1e6), ...behind]);
    expect([evaluation.ahead, evaluation.counted]).toEqual([0, 721]);
  });

  test('between all views of a quiet site, or of one visitor, loses none of them', () => {
    for (const visitors of [1, 2, 3]) {
      const events = Array.from({ length: 40 }, (_, i) => eventAt(i * 130, i % visitors));
      const { evaluation, steps } = run(events);
      expect([evaluation.ahead, evaluation.counted]).toEqual([0, 40]);
      expect(steps.at(-1)?.asOf).toBe(startedAt + 39 * 130 * minuteMs);
    }
  });
});

test('the same hour of yesterday is the same sum for every number of partitions, within a minute too', () => {
  const settings = {
    formulas: [rankFormulaOf(trendingFormula)],
    window: '1h',
    alarms: false,
  } as const;
  const sums = [1, 5].map((partitions) => {
    const evaluation = new Evaluation({ ...settings, everyMs: 30_000, partitions });
    const yesterday = Array.from({ length: 180 }, (_, i) =>
      eventAt(i + 0.1, i, { token: `0x${i % 13}` }),
    );
    const steps = yesterday.flatMap((event) => [...evaluation.add(event)]);
    // The windows end at half past a minute now.
    for (const viewer of [1e6, 2e6])
      steps.push(...evaluation.add(eventAt(25.3 * 60 + 0.4, viewer)));
    expect(steps.at(-1)!.asOf % minuteMs).toBe(0);
    return evaluation.featuresOf('eth:0x1')?.site;
  });
  expect(sums[0]).toBeDefined();
  expect(sums[1]).toEqual(sums[0]);
});
