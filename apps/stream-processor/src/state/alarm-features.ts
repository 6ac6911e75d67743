import type { Candidate } from '@trending/schemas';
import { AlarmPast, filledPasts } from '../domain/alarm-level.ts';
import { hourMs, visitDispersion } from '../domain/hour-rules.ts';
import { levelOf, longestLevel } from '../domain/window-level.ts';
import type { PaneCells } from './pane-cells.ts';

const lastHour = levelOf('1h').index;
/** With fewer views now no level is worth telling: even above nothing it is not 3. */
const viewsMin = 9;
/** A visit is more than one view: with this weight their sum varies as a count of visits does. */
const viewMicro = 1_000_000 / visitDispersion;

interface AlarmFeatures extends Pick<Candidate, 'alarmMicro' | 'alarmFilled'> {
  /** They stay the same, whatever the time, until an hour is over or the views of the last hour are others. */
  readonly isStill: boolean;
}

const none: AlarmFeatures = { alarmMicro: 0, alarmFilled: [], isStill: true };

/** A token's completed hours, and the same with empty ones before its first. */
interface Pasts {
  readonly own: AlarmPast;
  readonly filled: readonly AlarmPast[];
}

/**
 * How far a token's last hour is above its own completed hours, the two days that are kept: the level of {@link AlarmPast}, made of
 * views; and the same with empty hours before its first one, where that may tell something. The same in every window. What the past
 * says is kept until an hour is over or somebody looks at the token.
 */
export class Alarms {
  readonly #days: PaneCells;
  readonly #lastHour: PaneCells;
  readonly #pasts = new Map<number, Pasts>();
  #hour = -1;

  constructor(cells: readonly PaneCells[]) {
    this.#days = cells[longestLevel.index] as PaneCells;
    this.#lastHour = cells[lastHour] as PaneCells;
  }

  of(token: number, asOf: number): AlarmFeatures {
    const viewsNow = this.#lastHour.current[token] as number;
    // Nothing is above nothing: who is quiet now needs no look at its past.
    if (viewsNow === 0) return none;
    const { own, filled } = this.#pastsOf(token, asOf);
    const now = { observedMicro: viewsNow * viewMicro, asOf };
    const told = viewsNow >= viewsMin ? filled : [];
    return {
      alarmMicro: own.levelMicro(now),
      alarmFilled: told.map((past) => past.levelMicro(now)),
      isStill: [own, ...told].every((past) => past.isStill(now.observedMicro)),
    };
  }

  /** The token was looked at, maybe in an hour that is over; or it is gone. */
  forget(token: number): void {
    this.#pasts.delete(token);
  }

  #pastsOf(token: number, asOf: number): Pasts {
    const { runningPane } = this.#days;
    if (runningPane !== this.#hour) this.#pasts.clear();
    this.#hour = runningPane;
    const known = this.#pasts.get(token);
    if (known !== undefined) return known;
    const hours: number[] = [];
    this.#days.readAll(token, (hour, views) => {
      const age = runningPane - 1 - hour;
      while (hours.length < age) hours.push(0);
      if (age >= 0) hours.push(views * viewMicro);
    });
    const completed = { asOf, hours, newestHourEnd: runningPane * hourMs };
    const own = new AlarmPast(completed);
    const pasts = { own, filled: filledPasts(completed, own) };
    this.#pasts.set(token, pasts);
    return pasts;
  }
}
