import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alreadyRunsText, parseFlags, portOffsetMax, portsAt } from '../../preflight/index.mjs';

describe('the command line', () => {
  test('without flags asks for apps and demo traffic at no offset', () => {
    expect(parseFlags([]).flags).toMatchObject({ apps: true, demo: true, json: false });
    expect(parseFlags([]).flags?.portOffset).toBeUndefined();
  });

  test('without apps there is no demo traffic either', () => {
    expect(parseFlags(['--no-apps']).flags).toMatchObject({ apps: false, demo: false });
  });

  test('takes the offset and the folder in both spellings', () => {
    expect(parseFlags(['--port-offset=100', '--data-dir', 'kept']).flags).toMatchObject({
      portOffset: 100,
      dataDir: 'kept',
    });
  });

  test.each([
    [['--port-offset', 'ten']],
    [['--port-offset', '-5']],
    [['--port-offset', '1e3']],
    [['--port-offset', String(portOffsetMax + 1)]],
    [['--data-dir=']],
    [['--no-such']],
    [['positional']],
    [['--port-offset']],
  ])('%j is an error that says what is wrong', (argv) => {
    const { flags, error } = parseFlags(argv);
    expect(flags).toBeUndefined();
    expect(error).toMatch(/port-offset|data-dir|no-such|positional/);
  });

  test('whatever offset is accepted, every port fits in 16 bits', () => {
    fc.assert(
      fc.property(fc.integer({ min: -10, max: 99_999 }), (offset) => {
        const { flags } = parseFlags([`--port-offset=${offset}`]);
        if (flags?.portOffset === undefined) return;
        expect(Math.max(...Object.values(portsAt(flags.portOffset)))).toBeLessThanOrEqual(65_535);
      }),
    );
  });

  test('ports at different small offsets of one hundred never meet', () => {
    const first = Object.values(portsAt(0));
    expect(Object.values(portsAt(100)).filter((port) => first.includes(port))).toEqual([]);
  });
});

describe('a second start', () => {
  test.each([
    [0, 'npm run status -- --port-offset 0', 'npm start -- --port-offset 100'],
    [100, 'npm run status -- --port-offset 100', 'npm start -- --port-offset 200'],
  ])('at offset %i says where the first one is, with commands to paste', (offset, ...commands) => {
    const text = alreadyRunsText(offset, 42);
    expect(text).toContain('process 42');
    for (const command of commands) expect(text).toMatch(new RegExp(`: ${command}$`, 'm'));
  });
});
