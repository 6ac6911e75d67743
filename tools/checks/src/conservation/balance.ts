import { fateNames, type PartitionFates } from '@trending/runtime';

/** What is known of one partition of the views topic at one moment. */
export interface PartitionFacts {
  readonly partition: number;
  readonly logStart: number;
  readonly logEnd: number;
  /** Undefined: no processor holds it. */
  readonly fates: PartitionFates | undefined;
  /** Different places of dead letters since the state began, and of those that could not be decoded since the log's start. */
  readonly deadLetters: number;
  readonly undecodable: number;
  /** Marks of transactions in the log's range: offsets that hold no view. Counted only where rows are missing without them. */
  readonly markers: number;
  /** ClickHouse: rows of the log's range, and different offsets among them. */
  readonly rows: number;
  readonly places: number;
}

export interface PartitionBalance extends PartitionFacts {
  readonly lag: number;
  /** Names of the rules that do not hold, with the difference. */
  readonly broken: readonly string[];
  /** Those of them that must hold while the log moves, too. */
  readonly alwaysBroken: readonly string[];
}

/** Laws that no moment excuses; the others hold at a standstill. */
const always: ReadonlySet<string> = new Set(['residual', 'rows twice']);

/** The laws that hold at a standstill; every one is an equality of counts. */
export function balanceOf(facts: PartitionFacts): PartitionBalance {
  const { logEnd, fates, rows, places } = facts;
  if (fates === undefined)
    return {
      ...facts,
      lag: logEnd - facts.logStart,
      broken: ['no processor holds it'],
      alwaysBroken: [],
    };
  const laws: readonly (readonly [string, number])[] = [
    ['residual', fates.residual],
    ['not accepted', fates.unaccepted],
    ['lag', logEnd - fates.position],
    // More letters than the state knows are right: one that is rebuilt reads what could not be read at first.
    ['dead letters missing', Math.max(0, fates.fates.deadLettered - facts.deadLetters)],
    // More rows than that are right too: the schema may have come before the sink read what the aggregate role could not.
    ['rows missing', Math.max(0, offsetsWithoutRow(facts) - facts.markers)],
    ['rows twice', rows - places],
  ];
  const broken = laws.filter(([, off]) => off !== 0);
  const texts = (some: typeof laws) => some.map(([law, off]) => `${law} ${off}`);
  const alwaysBroken = texts(broken.filter(([law]) => always.has(law)));
  return { ...facts, lag: logEnd - fates.position, broken: texts(broken), alwaysBroken };
}

/** Of the log's range, dead letters left out. */
export function offsetsWithoutRow(
  facts: Pick<PartitionFacts, 'logStart' | 'logEnd' | 'undecodable' | 'places'>,
): number {
  return facts.logEnd - facts.logStart - facts.undecodable - facts.places;
}

const columns = ['partition', 'log start', 'log end', 'lag', 'accepted', ...fateNames] as const;
const more = ['residual', 'ClickHouse', 'verdict'] as const;

export function balanceText(balances: readonly PartitionBalance[]): string {
  const rows = balances.map((one) => [
    ...[one.partition, one.logStart, one.logEnd, one.lag, one.fates?.accepted ?? '-'],
    ...fateNames.map((name) => one.fates?.fates[name] ?? '-'),
    ...[one.fates?.residual ?? '-', one.rows, one.broken.join(', ') || 'ok'],
  ]);
  const table = [[...columns, ...more], ...rows].map((row) => row.map(String));
  const widths = table[0]?.map((_, i) => Math.max(...table.map((row) => row[i]?.length ?? 0)));
  const lines = table.map((row) =>
    row.map((cell, i) => cell.padStart(widths?.[i] ?? 0)).join('  '),
  );
  return `${lines.join('\n')}\n`;
}
