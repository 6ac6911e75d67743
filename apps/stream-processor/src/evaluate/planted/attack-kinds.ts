/** Fake views of one or many clients. */
interface PlainPlan {
  readonly perMinute: number;
  /** How many networks and viewers they come from; 0 = a new one each. */
  readonly networks: number;
  readonly viewers: number;
  /** One more viewer keeps looking. */
  readonly repeats?: boolean;
}

const plainKinds = {
  'one client': { perMinute: 180, networks: 1, viewers: 1 },
  '3 networks': { perMinute: 5, networks: 3, viewers: 0 },
  '30 networks': { perMinute: 8, networks: 30, viewers: 0 },
  'all distinct': { perMinute: 1, networks: 0, viewers: 0 },
  'beside a repeater': { perMinute: 1, networks: 0, viewers: 0, repeats: true },
} as const satisfies Readonly<Record<string, PlainPlan>>;
type PlainKind = keyof typeof plainKinds;

/** How made-up visitors come, each from a network of its own. */
export interface PeoplePlan {
  /** In each of the first `on` minutes of every `every`. */
  readonly perMinute: number;
  readonly on: number;
  readonly every: number;
  /** Each looks as often as people do, not once. */
  readonly looks?: boolean;
  /** The token is attacked again on the next days, by the same visitors. */
  readonly returns?: boolean;
  /** Each looks at another token some minutes before. */
  readonly warmsUp?: boolean;
}

const peopleKinds = {
  'people once': { perMinute: 1, on: 1, every: 1 },
  people: { perMinute: 1, on: 1, every: 1, looks: true },
  'people slow': { perMinute: 1, on: 1, every: 2, looks: true },
  'people in waves': { perMinute: 4, on: 5, every: 15, looks: true },
  'people in sessions': { perMinute: 1, on: 1, every: 1, looks: true, returns: true },
  'people who warm up': { perMinute: 1, on: 1, every: 1, looks: true, warmsUp: true },
} as const satisfies Readonly<Record<string, PeoplePlan>>;
type PeopleKind = keyof typeof peopleKinds;

export type AttackKind = PlainKind | PeopleKind;
/** Kinds that are planted together. */
export const attackSets = {
  plain: Object.keys(plainKinds) as PlainKind[],
  people: Object.keys(peopleKinds) as PeopleKind[],
} as const;
export type AttackSet = keyof typeof attackSets;

/** Undefined for kinds that look like people. */
export function plainPlanOf(kind: AttackKind): PlainPlan | undefined {
  return kind in plainKinds ? plainKinds[kind as PlainKind] : undefined;
}

/** Undefined for plain kinds. */
export function peoplePlanOf(kind: AttackKind): PeoplePlan | undefined {
  return kind in peopleKinds ? peopleKinds[kind as PeopleKind] : undefined;
}
