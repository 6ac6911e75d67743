import type { Candidate, FeatureSet } from '@trending/schemas';
import { canonicalJson } from './canonical-json.ts';
import { featureStepMs } from './feature-set.ts';
import type { Row, RowOrigin } from './sink-rows.ts';

/** Features by their column; those without one stand in `extra`, so that no formula misses what it scores by. */
const columns = {
  views: 'views',
  viewsPrev: 'views_prev',
  freshSum: 'fresh_sum',
  visitors: 'visitors',
  networks: 'networks',
  effective: 'effective',
  horizons: 'horizons',
  histH: 'hist_h',
  histHours: 'hist_hours',
  phiSum: 'phi_sum',
  phiCount: 'phi_count',
  sameHour: 'same_hour',
  cohort: 'cohort',
  burstMicro: 'burst_micro',
  burstStart: 'burst_start',
} as const satisfies Partial<Record<keyof Candidate, string>>;

type Column = (typeof columns)[keyof typeof columns];
const featureNames = Object.keys(columns) as (keyof typeof columns)[];
const apart = new Set<string>([...featureNames, 'token', 'categories', 'firstSeenAt', 'sparkline']);

/** Columns that a stored candidate is read from. */
export const candidateColumns: readonly string[] = [
  'token',
  'categories',
  'first_seen_at',
  'extra',
  ...Object.values(columns),
];

/** Rows of `feature_history`: first one without a token for the whole site, then one a token. */
export function featureRows(set: FeatureSet, origin: RowOrigin): readonly Row[] {
  const { window, asOf, epoch } = set;
  const minute = Math.floor(asOf / featureStepMs) * (featureStepMs / 1_000);
  const head = {
    ...{ _partition: origin.partition, _offset: origin.offset },
    ...{ window, minute, as_of: asOf, epoch },
  };
  const held = new Set(set.held);
  return [
    { ...head, token: '', ...siteRow(set) },
    ...set.items.map((candidate) => ({
      ...head,
      ...candidateRow(candidate),
      held: held.has(candidate.token) ? 1 : 0,
    })),
  ];
}

function siteRow({ totals, candidates, site, formulas, controlOffset, cut }: FeatureSet): Row {
  return {
    views: totals.views,
    effective: totals.effective,
    site: JSON.stringify({ tokens: totals.tokens, candidates, ...site }),
    formulas,
    control_offset: controlOffset,
    cut: cut.map(({ partition, inputOffset }) => ({ partition, input_offset: inputOffset })),
  };
}

function candidateRow(candidate: Candidate): Row {
  const { token, categories, firstSeenAt } = candidate;
  const row: Record<string, unknown> = { token, categories, first_seen_at: firstSeenAt };
  for (const name of featureNames) row[columns[name]] = candidate[name];
  const usual = absentOf(candidate.histHours);
  const others = Object.entries(candidate).filter(
    ([name, value]) => !apart.has(name) && String(value) !== String(usual[name]),
  );
  if (others.length > 0) row['extra'] = canonicalJson(Object.fromEntries(others));
  return row;
}

/** What a candidate's features are where their row does not name them. */
function absentOf(histHours: number): Readonly<Record<string, unknown>> {
  return {
    alarmMicro: 0,
    returners: -1,
    capped: -1,
    horizonVisitors: [],
    horizonReturners: [],
    came: [],
    went: [],
    further: [],
    alarmFilled: [],
    sources: [],
    countries: [],
    weekIndexMicro: [],
    histMinutes: histHours * 60,
  };
}

/** A row as it comes back; times are ms. */
export type StoredCandidate = Readonly<Record<Column, unknown>> & {
  readonly token: string;
  readonly categories: readonly string[];
  readonly first_seen_at: number;
  readonly extra: string;
};

/** The candidate of a row, as the formulas knew it. */
export function candidateOfRow(row: StoredCandidate): Candidate {
  const { token, categories, first_seen_at: firstSeenAt, extra } = row;
  const candidate: Record<string, unknown> = {
    ...absentOf(Number(row.hist_hours)),
    ...{ token, categories, firstSeenAt, sparkline: [] },
  };
  for (const name of featureNames) candidate[name] = row[columns[name]];
  if (extra !== '') Object.assign(candidate, JSON.parse(extra));
  return candidate as unknown as Candidate;
}
