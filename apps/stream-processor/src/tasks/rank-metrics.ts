import { Counter, Gauge, Histogram, type Registry } from '@trending/runtime';

export interface RankMetrics {
  readonly published: Counter<'formula' | 'window'>;
  /** Of each part by itself: where chains and categories are few, most parts of a window make nothing. */
  readonly scoreSeconds: Histogram<'window' | 'part'>;
  readonly publishSeconds: Histogram;
  readonly badCandidates: Counter;
  readonly isOwner: Gauge;
  /** Words of operators that changed nothing, by the reason's kind. */
  readonly controlRefused: Counter<'kind'>;
  readonly controlOffset: Gauge;
  readonly alarmsRaised: Counter<'flag' | 'window'>;
  readonly tokensFlagged: Gauge<'flag' | 'window'>;
  readonly priceVisitors: Gauge<'attacker' | 'window'>;
  readonly priceNetworks: Gauge<'attacker' | 'window'>;
}

/** What only the owner of the boards can tell: whoever is none any more says nothing instead of what was. */
export function forgetBoards(
  metrics: Pick<RankMetrics, 'tokensFlagged' | 'priceVisitors' | 'priceNetworks'>,
): void {
  for (const gauge of [metrics.tokensFlagged, metrics.priceVisitors, metrics.priceNetworks])
    gauge.reset();
}

/** Metrics of the rank role. `staleness` answers, per window, how old the newest merged sets are, in seconds. */
export function createRankMetrics(
  registry: Registry,
  staleness: () => ReadonlyMap<string, number>,
): RankMetrics {
  const registers = [registry];
  new Gauge({
    name: 'trending_board_staleness_seconds',
    help: 'Age of the candidate sets behind the boards of a window, on their owner',
    labelNames: ['window'],
    registers,
    collect() {
      this.reset();
      for (const [window, seconds] of staleness()) this.set({ window }, seconds);
    },
  });
  const buckets = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1];
  return {
    published: new Counter({
      name: 'trending_boards_published_total',
      help: 'Board records written',
      labelNames: ['formula', 'window'],
      registers,
    }),
    scoreSeconds: new Histogram({
      name: 'trending_score_seconds',
      help: 'Merging, scoring and comparing the boards of one part of a window',
      labelNames: ['window', 'part'],
      buckets,
      registers,
    }),
    publishSeconds: new Histogram({
      name: 'trending_board_publish_seconds',
      help: 'Encoding one emission of boards and appending it, until acknowledged',
      buckets,
      registers,
    }),
    badCandidates: new Counter({
      name: 'trending_candidate_sets_undecodable_total',
      help: 'Records of the candidates topic that are no candidate set, in each process that reads them',
      registers,
    }),
    isOwner: new Gauge({
      name: 'trending_rank_owner',
      help: '1 on the process that writes the boards, 0 on those standing by',
      registers,
    }),
    controlRefused: new Counter({
      name: 'trending_control_records_refused_total',
      help: 'Records of the control topic that were ignored: undecodable or invalid',
      labelNames: ['kind'],
      registers,
    }),
    ...createTokenMetrics(registers),
    controlOffset: new Gauge({
      name: 'trending_control_offset',
      help: 'First offset of the control topic that this process has not taken yet',
      registers,
    }),
  };
}

/** What is told of tokens, and not of the service. */
function createTokenMetrics(
  registers: Registry[],
): Pick<RankMetrics, 'alarmsRaised' | 'tokensFlagged' | 'priceVisitors' | 'priceNetworks'> {
  return {
    alarmsRaised: new Counter({
      name: 'trending_alarms_raised_total',
      help: 'Tokens that got an alarm flag on the trending board of a window',
      labelNames: ['flag', 'window'],
      registers,
    }),
    tokensFlagged: new Gauge({
      name: 'trending_tokens_flagged',
      help: 'Tokens with an alarm flag on the trending board of a window',
      labelNames: ['flag', 'window'],
      registers,
    }),
    priceVisitors: new Gauge({
      name: 'trending_place_price_visitors',
      help: 'Least fake visitors that lift a quiet token into the first ten of trending now, by how they come; +Inf = no number will do',
      labelNames: ['attacker', 'window'],
      registers,
    }),
    priceNetworks: new Gauge({
      name: 'trending_place_price_networks',
      help: 'Networks of those visitors',
      labelNames: ['attacker', 'window'],
      registers,
    }),
  };
}
