import { describe, expect, test } from 'vitest';
import { parseSeries } from '../src/count-series.ts';

describe('a count series', () => {
  test('is named by its file and read as UTC', () => {
    const text = 'timestamp,value\n2015-02-26 21:42:53,104\n2015-02-26 21:47:53,0\n';
    expect(parseSeries('Twitter_volume_AAPL.csv', text)).toEqual({
      ticker: 'AAPL',
      rows: [
        { at: Date.UTC(2015, 1, 26, 21, 42, 53), count: 104 },
        { at: Date.UTC(2015, 1, 26, 21, 47, 53), count: 0 },
      ],
    });
  });

  test.each([
    ['time,count\n', 'x.csv: the first line'],
    ['timestamp,value\n2015-02-26 21:42:53,many\n', 'x.csv:2: "2015-02-26 21:42:53,many" is not'],
    ['timestamp,value\n2015-02-26 21:42:53,-1\n', 'x.csv:2'],
    ['timestamp,value\n2015-13-26 21:42:53,1\n', 'x.csv:2'],
    ['timestamp,value\n2015-02-26 21:42:53,1\n2015-02-26 21:42:53,1\n', 'x.csv:3: the time'],
  ])('is refused with the place of the mistake: %j', (text, reason) => {
    expect(() => parseSeries('x.csv', text)).toThrow(reason);
  });
});
