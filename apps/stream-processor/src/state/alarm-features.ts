import type { Candidate } from '@trending/schemas';
import { alarmLevelMicro, filledAlarmsMicro } from '../domain/alarm-level.ts';
import { hourMs, visitDispersion } from '../domain/hour-rules.ts';
import { levelOf, longestLevel } from '../domain/window-level.ts';
import type { PaneCells } from './pane-cells.ts';

const lastHour = levelOf('1h').index;
/** With fewer views now no level is worth telling: even above nothing it is not 3. */
const viewsMin = 9;
/** A visit is more than one view: with this weight their sum varies as a count of visits does. */
const viewMicro = 1_000_000 / visitDispersion;

const none = { alarmMicro: 0, alarmFilled: [] };

/**
 * How far a token's last hour is above its own completed hours, the two days that are kept: the level of {@link alarmLevelMicro}, made
 * of views; and the same with empty hours before its first one, where that may tell something. The same in every window.
 */
export function alarmsOf(
  cells: readonly PaneCells[],
  token: number,
  asOf: number,
): Pick<Candidate, 'alarmMicro' | 'alarmFilled'> {
  const days = cells[longestLevel.index] as PaneCells;
  const { current } = cells[lastHour] as PaneCells;
  const viewsNow = current[token] as number;
  // Nothing is above nothing: who is quiet now needs no look at its past.
  if (viewsNow === 0) return none;
  const { runningPane } = days;
  const hours: number[] = [];
  days.readAll(token, (hour, views) => {
    const age = runningPane - 1 - hour;
    while (hours.length < age) hours.push(0);
    if (age >= 0) hours.push(views * viewMicro);
  });
  const observedMicro = viewsNow * viewMicro;
  const inputs = { observedMicro, asOf, hours, newestHourEnd: runningPane * hourMs };
  const alarmMicro = alarmLevelMicro(inputs);
  return {
    alarmMicro,
    alarmFilled: viewsNow < viewsMin ? [] : filledAlarmsMicro(inputs, alarmMicro),
  };
}
