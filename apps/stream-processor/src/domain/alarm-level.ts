import type { Candidate } from '@trending/schemas';

/** What an alarm is made of: one token's last hour, and its completed clock hours. */
export interface AlarmInputs {
  /** Effective visitors of the last hour, micro. */
  readonly observedMicro: number;
  /** End of that hour, ms. */
  readonly asOf: number;
  /** Effective visitors of completed clock hours without a gap, newest first, micro; at most a week of them are looked at. */
  readonly hours: readonly number[];
  /** When the newest of them ended, ms. */
  readonly newestHourEnd: number;
}

const micro = 1_000_000;
const hourMs = 3_600_000;
const dayHours = 24;
const daysMax = 7;
const phiMin = 0.02;
/** Hours after which an hour's weight in the slow mean is half. */
const halfLifeHours = 48;

/** What an alarm compares with: completed clock hours, as {@link AlarmInputs} has them, at some time before the next one is complete. */
type CompletedHours = Omit<AlarmInputs, 'observedMicro'>;

/**
 * What a token's completed hours say of any last hour: to be made once and kept until another hour is complete. Expectation: the greater
 * of the slow mean of completed hours and of this time of day on earlier days, shrunk by one day of the slow mean. The daily swing that
 * the same hours do not explain counts as noise: right for alarms, too timid for ranks. Hours that ended less than one hour before
 * `asOf` are left out, so that a burst is not measured against itself. Only + − × ÷ √.
 */
export class AlarmPast {
  readonly #history: LaggedHours;
  readonly #slow: number;
  /** Did anybody come around this time of day before? Then what is expected moves with time. */
  readonly #isDaily: boolean;
  /** Found when it is first asked for: most hours are not above what is expected. */
  #phi: number | undefined;

  constructor(completed: CompletedHours) {
    this.#history = laggedHours(completed);
    this.#slow = slowMean(this.#history.hours);
    this.#isDaily = cameDaily(this.#history.hours);
  }

  /** Is the level the same until another hour is complete? */
  isStill(observedMicro: number): boolean {
    return !this.#isDaily || observedMicro / micro <= this.#slow;
  }

  /** How far the last hour is above it, in standard deviations (micro); never below 0, and 0 without a past. */
  levelMicro({ observedMicro, asOf }: Pick<AlarmInputs, 'observedMicro' | 'asOf'>): number {
    const { hours } = this.#history;
    const [slow, observed] = [this.#slow, observedMicro / micro];
    if (hours.length === 0 || observed <= slow) return 0;
    const before = sameTime(this.#history, asOf);
    const expected = Math.max(slow, (before.sum + slow) / (before.days + 1));
    if (observed <= expected) return 0;
    this.#phi ??= alarmDispersion(hours);
    const difference = 2 * (Math.sqrt(observed + 0.375) - Math.sqrt(expected + 0.375));
    return Math.floor((difference / Math.sqrt(1 + this.#phi * expected)) * micro);
  }
}

/** How far the last hour is above a token's own history: see {@link AlarmPast}. */
export function alarmLevelMicro(inputs: AlarmInputs): number {
  return new AlarmPast(inputs).levelMicro(inputs);
}

/**
 * Lengths that a past is filled up to with empty hours before its first one, ascending. A partition does not know how long the site is
 * watched, so it tells the level for each.
 */
export const filledHours: readonly number[] = [12, 24, 48];

/** With so many hours that are not empty a token has a past of its own. */
const ownHours = 12;

/** The past filled up to each of {@link filledHours}; none of a token that has a past of its own. `own` is the past without that. */
export function filledPasts(completed: CompletedHours, own: AlarmPast): readonly AlarmPast[] {
  const { length } = completed.hours;
  const used = completed.hours.reduce((sum, hour) => sum + Number(hour > 0), 0);
  if (used >= ownHours || length >= (filledHours.at(-1) ?? 0)) return [];
  return filledHours.map((hours) => {
    if (hours <= length) return own;
    const empty = new Array<number>(hours - length).fill(0);
    return new AlarmPast({ ...completed, hours: [...completed.hours, ...empty] });
  });
}

/** The level of a token whose hours before its first one were empty, on a site that is watched for so many completed hours; micro. */
export function levelOnSite(
  { alarmMicro, alarmFilled }: Pick<Candidate, 'alarmMicro' | 'alarmFilled'>,
  siteHours: number,
): number {
  const longest = filledHours.findLastIndex((hours) => hours <= siteHours);
  return alarmFilled[longest] ?? alarmMicro;
}

interface LaggedHours {
  /** Visitors, newest first. */
  readonly hours: readonly number[];
  readonly newestEnd: number;
}

function laggedHours({ hours, newestHourEnd, asOf }: CompletedHours): LaggedHours {
  const skip = Math.max(0, Math.ceil((newestHourEnd + hourMs - asOf) / hourMs));
  const kept = hours.slice(skip, skip + daysMax * dayHours).map((value) => value / micro);
  return { hours: kept, newestEnd: newestHourEnd - skip * hourMs };
}

function slowMean(hours: readonly number[]): number {
  let [sum, weights, weight] = [0, 0, 1];
  const step = 1 - 0.7 / halfLifeHours;
  for (const value of hours) {
    sum += weight * value;
    weights += weight;
    weight *= step;
  }
  return sum / weights;
}

/** Visitors in the hour before the same time on earlier days: clock hours in proportion. */
function sameTime(
  { hours, newestEnd }: LaggedHours,
  asOf: number,
): { readonly sum: number; readonly days: number } {
  let [sum, days] = [0, 0];
  for (let day = 1; day <= daysMax; day += 1) {
    const behind = newestEnd - (asOf - day * dayHours * hourMs);
    const age = Math.floor(behind / hourMs);
    const [newer, older] = [hours[age], hours[age + 1]];
    if (age < 0 || newer === undefined || older === undefined) continue;
    const share = behind / hourMs - age;
    sum += newer * (1 - share) + older * share;
    days += 1;
  }
  return { sum, days };
}

/** Did anybody come in the hours that {@link sameTime} looks at until another hour is complete? */
function cameDaily(hours: readonly number[]): boolean {
  for (let day = dayHours; day <= daysMax * dayHours; day += dayHours)
    for (let age = day - 2; age <= day; age += 1) if ((hours[age] ?? 0) > 0) return true;
  return false;
}

/** The mean of two looks at it: around the same hours of other days, and around the mean of all hours. */
function alarmDispersion(hours: readonly number[]): number {
  let [residuals, count, sum, squares] = [0, 0, 0, 0];
  for (const [age, value] of hours.entries()) {
    sum += value;
    squares += value * value;
    const mean = meanOfSameHours(hours, age);
    if (mean === undefined) continue;
    const off = (value - mean) * (value - mean) - mean;
    residuals += Math.min(4, Math.max(0, off / (mean * mean + 1)));
    count += 1;
  }
  const mean = sum / hours.length;
  const variance = squares / hours.length - mean * mean;
  const overall = Math.max(0, (variance - mean) / (mean * mean + 1));
  return Math.max(phiMin, count === 0 ? overall : (residuals / count + overall) / 2);
}

function meanOfSameHours(hours: readonly number[], age: number): number | undefined {
  let [sum, count] = [0, 0];
  for (let other = age % dayHours; other < hours.length; other += dayHours) {
    if (other === age) continue;
    sum += hours[other] ?? 0;
    count += 1;
  }
  return count === 0 ? undefined : sum / count;
}
