import type { Candidate } from '@trending/schemas';
import { describe, expect, test } from 'vitest';
import type { SiteTotals } from '../../src/domain/scorer.ts';
import { noHistory } from '../../src/domain/site-history.ts';
import { tokenFlags } from '../../src/domain/token-flags.ts';
import { candidateOf } from '../support/rank-fixtures.ts';

const micro = 1_000_000;
const ratios = Array.from({ length: 17 }, () => ({ sum: 950_000 * 100, count: 100 }));
const site: SiteTotals = {
  tokens: 1_000,
  views: 16_000,
  effective: 10_000 * micro,
  window: '1h',
  site: { ...noHistory, histH: 1_000_000, ratios, visitors: 10_000, returners: 4_000, hours: 40 },
};

/** A token with a hundred visitors, where two are usual. */
const crowd = (given: Partial<Candidate> = {}) =>
  candidateOf('eth:0x1', {
    views: 160,
    visitors: 100,
    returners: 40,
    networks: 95,
    effective: 100 * micro,
    histH: 200,
    histMinutes: 2_400,
    alarmMicro: 10 * micro,
    ...given,
  });

describe('flags', () => {
  test('name the pump of an obscure token, and not the surge of a known one', () => {
    expect(tokenFlags(crowd(), site)).toEqual(['pump']);
    expect(tokenFlags(crowd({ histH: 2_000 }), site)).toEqual([]);
    expect(tokenFlags(crowd({ effective: 7 * micro, visitors: 7 }), site)).not.toContain('pump');
  });

  test('name the reasons for doubt, and suspect a pump with two of them', () => {
    expect(tokenFlags(crowd({ networks: 30 }), site)).toEqual(['pump', 'few-networks']);
    expect(tokenFlags(crowd({ returners: 5 }), site)).toEqual(['pump', 'few-looks']);
    expect(tokenFlags(crowd({ returners: 5, networks: 30 }), site)).toEqual([
      'pump',
      'few-networks',
      'few-looks',
      'suspected',
    ]);
  });

  test('name ids that were nowhere else, where newcomers go on', () => {
    const followed = { came: [6_000], went: [1_600], further: [2_000] };
    const known = { ...site, site: { ...site.site!, ...followed } };
    const fresh = { came: [1], went: [0], further: [0] };
    expect(tokenFlags(crowd({ ...fresh }), known)).toEqual(['pump', 'fresh-ids']);
    const people = { came: [20], went: [40], further: [8] };
    expect(tokenFlags(crowd({ ...people }), known)).toEqual(['pump']);
    expect(tokenFlags(crowd({ ...fresh, networks: 30 }), known)).toContain('suspected');
  });

  test('name one source, and one country, as reasons; a launch may have one of them', () => {
    const mixed = [0, 900, 800, 700, 600, 0, 0, 0];
    const known = { ...site, site: { ...site.site!, sources: mixed, countries: mixed } };
    const one = [1, 95, 100, 2, 40];
    expect(tokenFlags(crowd({ sources: one }), known)).toEqual(['pump', 'one-source']);
    expect(tokenFlags(crowd({ sources: one, countries: one }), known)).toEqual([
      'pump',
      'one-source',
      'one-country',
      'suspected',
    ]);
    const launch = { alarmFilled: [9 * micro, 9 * micro, 9 * micro] };
    const young = { ...launch, alarmMicro: 0, cohort: 'eth/young', countries: one };
    expect(tokenFlags(crowd(young), known)).toEqual(['one-country']);
    expect(tokenFlags(crowd({ ...young, sources: one }), known)).toContain('suspected');
  });

  test('tell a burst from five standard deviations on', () => {
    const known = { histH: 2_000 };
    expect(tokenFlags(crowd({ ...known, burstMicro: 5 * micro }), site)).toEqual(['burst']);
    expect(tokenFlags(crowd({ ...known, burstMicro: 5 * micro - 1 }), site)).toEqual([]);
  });

  test('are not raised by what the whole site does', () => {
    const asTheSite = { histH: 10_000, effective: 110 * micro, burstMicro: 9 * micro };
    expect(tokenFlags(crowd(asTheSite), site)).toEqual([]);
    const quarters = { ...site.site!, horizons: [5_000 * micro, 2_500 * micro] };
    const sudden = { ...asTheSite, horizons: [100 * micro, 95 * micro] };
    expect(tokenFlags(crowd(sudden), { ...site, site: quarters })).toEqual(['burst']);
  });

  test('call a pump only what is far above the token’s own hours, too', () => {
    expect(tokenFlags(crowd({ alarmMicro: 3 * micro }), site)).toEqual(['pump']);
    expect(tokenFlags(crowd({ alarmMicro: 3 * micro - 1 }), site)).toEqual([]);
  });

  test('take a quiet token’s hours before its first for empty, a young one’s only with a reason for doubt', () => {
    const filled = [3 * micro, 3 * micro, 3 * micro];
    const unseen = { alarmMicro: 0, alarmFilled: filled, cohort: 'eth/old' };
    expect(tokenFlags(crowd(unseen), site)).toEqual(['pump']);
    expect(tokenFlags(crowd({ ...unseen, alarmFilled: [] }), site)).toEqual([]);
    const launch = { ...unseen, cohort: 'eth/young' };
    expect(tokenFlags(crowd(launch), site)).toEqual([]);
    const own = { ...launch, alarmMicro: 3 * micro };
    expect(tokenFlags(crowd({ ...own, histMinutes: 239 }), site)).toEqual([]);
    expect(tokenFlags(crowd(own), site)).toEqual(['pump']);
    expect(tokenFlags(crowd({ ...launch, networks: 30 }), site)).toEqual(['pump', 'few-networks']);
    expect(tokenFlags(crowd({ ...launch, networks: 30, returners: 1 }), site)).toContain(
      'suspected',
    );
  });

  test('wait until there are four hours to compare with', () => {
    const after = (hours: number) => ({ ...site, site: { ...site.site!, hours } });
    expect(tokenFlags(crowd({ burstMicro: 9 * micro }), after(3))).toEqual([]);
    expect(tokenFlags(crowd({ burstMicro: 9 * micro }), after(4))).toEqual(['burst', 'pump']);
  });
});
