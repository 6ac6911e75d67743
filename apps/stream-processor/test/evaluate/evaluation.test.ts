import { describe, expect, test } from 'vitest';
import { Evaluation, type EvaluationStep } from '../../src/evaluate/evaluation.ts';
import { EventLines } from '../../src/evaluate/event-lines.ts';
import { evaluationOptions } from '../../src/evaluate/options.ts';
import { viewEventOf } from '../../src/evaluate/view-event.ts';
import { rankFormulas } from '../../src/tasks/rank-formulas.ts';

const startedAt = Date.UTC(2026, 4, 20, 9);
const minuteMs = 60_000;

function lineOf(
  token: string,
  viewer: number,
  { minute, ...given }: { readonly minute: number; readonly [field: string]: unknown },
): string {
  const viewedAt = new Date(startedAt + minute * minuteMs + viewer).toISOString();
  const event = {
    eventId: `${token} ${viewer} ${minute}`,
    chain: 'eth',
    token,
    viewer: `v${viewer}`,
    network: `n${viewer}`,
    source: 'web',
    viewedAt,
    receivedAt: viewedAt,
  };
  return JSON.stringify({ ...event, ...given });
}

/** Two hours of twenty steady tokens; in the second hour `0xa` doubles every ten minutes. */
function traffic(): string[] {
  const lines: string[] = [];
  for (let minute = 0; minute < 120; minute += 1) {
    for (let token = 0; token < 20; token += 1)
      lines.push(lineOf(`0x${token}`, token * 200 + (minute % 60), { minute }));
    const crowd = minute < 70 ? 0 : 4;
    for (let viewer = 0; viewer < crowd; viewer += 1)
      lines.push(lineOf('0xa', 10_000 + minute * 10 + viewer, { minute }));
  }
  return lines;
}

function stepsOf(lines: readonly string[], args: readonly string[] = []): EvaluationStep[] {
  const settings = evaluationOptions(args);
  if (settings === 'help') throw new Error('help');
  const evaluation = new Evaluation(settings);
  const steps = lines.flatMap((line) => [...evaluation.add(viewEventOf(line))]);
  return [...steps, ...evaluation.end()];
}

describe('boards from events', () => {
  test('put the token that surges first, with a step for every five minutes', () => {
    const steps = stepsOf(traffic());
    expect(steps).toHaveLength(25);
    expect(steps[1]?.asOf).toBe((steps[0]?.asOf ?? 0) + 5 * minuteMs);
    expect(steps.at(-1)?.items[0]).toMatchObject({ token: 'eth:0xa' });
    expect(steps.at(-1)?.items[0]?.score).toBeGreaterThan(3);
  });

  test.each(['trending', 'classic', 'views'])(
    'of %s are the same for every number of partitions',
    (id) => {
      const once = stepsOf(traffic(), ['--formula', id]);
      expect(once.some(({ items }) => items.length > 5)).toBe(true);
      expect(stepsOf(traffic(), ['--formula', id, '--partitions', '7'])).toEqual(once);
    },
  );

  test('do not change when every event comes twice', () => {
    const lines = traffic();
    const doubled = lines.flatMap((line) => [line, line]);
    expect(stepsOf(doubled)).toEqual(stepsOf(lines));
  });

  test('leave out tokens below the floor', () => {
    const last = stepsOf(traffic(), ['--formula', 'views', '--floor', '100']).at(-1);
    expect(last?.items.map(({ token }) => token)).toEqual(['eth:0xa']);
  });

  test('are not moved by a view from the far future', () => {
    const future = lineOf('0x1', 1, { minute: 10, viewedAt: '2099-01-01T00:00:00Z' });
    const lines = traffic();
    expect(stepsOf([...lines.slice(0, 500), future, ...lines.slice(500)])).toEqual(stepsOf(lines));
  });

  test('do not begin with a view from the far future either', () => {
    const future = lineOf('0x1', 1, { minute: 0, viewedAt: '2099-01-01T00:00:00Z' });
    expect(stepsOf([future, ...traffic()])).toEqual(stepsOf(traffic()));
  });

  test('list tokens from a low floor on, however many have more views', () => {
    const lines = Array.from({ length: 120 }, (_, minute) => {
      const steady = minute % 10 > 0 ? [] : Array.from({ length: 260 }, (_, n) => `0x${n}`);
      const fresh = minute < 110 ? [] : ['0xf1', '0xf2', '0xf3'];
      return [
        ...steady.map((token) => lineOf(token, minute, { minute })),
        ...fresh.map((token) => lineOf(token, 1_000 + Math.floor(minute / 3), { minute })),
      ];
    }).flat();
    const once = stepsOf(lines, ['--floor', '2']);
    const first = once.at(-1)?.items.slice(0, 3);
    expect(first?.map(({ token }) => token).sort()).toEqual(['eth:0xf1', 'eth:0xf2', 'eth:0xf3']);
    expect(stepsOf(lines, ['--floor', '2', '--partitions', '7'])).toEqual(once);
  });

  test('need steps that make up an hour for alarms', () => {
    for (const every of ['7m', '2h', '45m'])
      expect(() => evaluationOptions(['--alarms', '--every', every])).toThrow(/an hour must be/);
  });

  test('list every token with its alarm level when asked', () => {
    const last = stepsOf(traffic(), ['--alarms', '--every', '10m']).at(-1);
    expect(last?.items).toHaveLength(21);
    expect(last?.items.map(({ score }) => score)).toEqual(
      last?.items.map(({ score }) => score).sort((a, b) => b - a),
    );
  });

  test('list every token with the level that the live alarm goes by', () => {
    const lines = Array.from({ length: 180 }, (_, minute) => {
      const crowd = minute < 120 ? 1 : 10;
      const visitors = Array.from({ length: crowd }, (_, i) => minute * 10 + i);
      const surging = visitors.map((viewer) => lineOf('0xb', viewer, { minute }));
      return [lineOf('0xa', minute, { minute }), ...surging];
    }).flat();
    const [formula] = rankFormulas;
    const settings = { window: '1h', everyMs: 10 * minuteMs, partitions: 2 } as const;
    const evaluation = new Evaluation({ formulas: [formula!], ...settings, alarms: 'live' });
    const steps = lines.flatMap((line) => [...evaluation.add(viewEventOf(line))]);
    const { items = [] } = [...steps, ...evaluation.end()].at(-1) ?? {};
    expect(items.map(({ token }) => token)).toEqual(['eth:0xb', 'eth:0xa']);
    expect(items[0]?.score).toBeGreaterThan(3);
    expect(items[1]?.score).toBeLessThan(0.5);
  });
});

describe('lines', () => {
  async function read(chunks: readonly string[]) {
    const told: string[] = [];
    const lines = new EventLines({ write: (text) => told.push(text) });
    async function* source() {
      yield* chunks;
    }
    const events = [];
    for await (const some of lines.read(source())) events.push(...some);
    return { events, told, lines };
  }

  test('may be cut anywhere between chunks', async () => {
    const text = `${lineOf('0x1', 1, { minute: 0 })}\n\n${lineOf('0x2', 2, { minute: 0 })}`;
    const { events, lines } = await read([...text].map((letter) => letter));
    expect(events.map(({ view }) => view.token)).toEqual(['eth:0x1', 'eth:0x2']);
    expect(lines.bad).toBe(0);
  });

  test('that are bad are named, counted and passed over', async () => {
    const bad = ['{', '{"token":"0x1"}', lineOf('0x1', 1, { minute: 0, viewedAt: 'noon' })];
    const { events, told, lines } = await read([
      [...bad, lineOf('0x2', 2, { minute: 0 })].join('\n'),
    ]);
    expect(events).toHaveLength(1);
    expect(lines.bad).toBe(3);
    expect(told[2]).toContain('line 3 is left out: viewedAt "noon" is no time');
  });

  test('are all bad, though the last one ends with a new line', async () => {
    const { lines } = await read(['{\n', '[]\n']);
    expect([lines.lines, lines.bad, lines.good]).toEqual([2, 2, 0]);
  });

  test('take a token with or without its chain, in any case of hexadecimal letters', () => {
    const tokens = [
      lineOf('0xAB', 1, { minute: 0 }),
      lineOf('eth:0xab', 1, { minute: 0 }),
      lineOf('eth:0xAb', 1, { minute: 0, chain: undefined }),
    ].map((line) => viewEventOf(line).view.token);
    expect(new Set(tokens)).toEqual(new Set(['eth:0xab']));
  });
});
