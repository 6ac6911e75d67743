import type { ViewEvent } from '../view-event.ts';
import { plainPlanOf } from './attack-kinds.ts';
import type { Attack } from './attacks.ts';
import { repeatMs } from './looks.ts';
import type { Chance } from './random.ts';
import type { ViewMaker } from './view-maker.ts';
import type { WorldSettings } from './world-settings.ts';
import { dayMinutes, minuteMs, timeOf } from './world-time.ts';

const floodedTokens = 600;

/** Views of the plain kinds of attacks, and of the client that floods the site. */
export class Attackers {
  readonly #settings: WorldSettings;
  readonly #chance: Chance;
  readonly #maker: ViewMaker;

  constructor(settings: WorldSettings, chance: Chance, maker: ViewMaker) {
    this.#settings = settings;
    this.#chance = chance;
    this.#maker = maker;
  }

  /** What an attack does in this minute. */
  attack(events: ViewEvent[], { token, kind, start, length }: Attack, minute: number): void {
    const plan = plainPlanOf(kind);
    if (plan === undefined || minute < start || minute >= start + length) return;
    const { perMinute, networks, viewers, repeats } = plan;
    for (let i = 0; i < perMinute; i += 1) {
      const viewer = 0x4000_0000 + (viewers === 0 ? this.#maker.next() : token);
      const network =
        0x4000_0000 + token * 64 + (networks === 0 ? this.#maker.next() * 1_000_003 : i % networks);
      const spread = networks === 30 ? this.#chance.below(30) : 0;
      const at = timeOf(minute) + Math.floor((i * minuteMs) / perMinute);
      events.push(this.#maker.view({ token, viewer, network: network + spread, at }));
    }
    if (repeats) this.#repeat(events, minute, { token, viewer: 0x2000_0000 + token });
  }

  flood(events: ViewEvent[], minute: number): void {
    const { flooder = false, judgedFrom, tokens } = this.#settings;
    if (!flooder || minute < judgedFrom * dayMinutes) return;
    for (let token = 0; token < Math.min(floodedTokens, tokens); token += 1)
      this.#repeat(events, minute, { token, viewer: 0x2fff_ffff });
  }

  /** One viewer looks at a token every 31 seconds. */
  #repeat(events: ViewEvent[], minute: number, seen: { token: number; viewer: number }): void {
    const from = timeOf(minute);
    for (let at = Math.ceil(from / repeatMs) * repeatMs; at < from + minuteMs; at += repeatMs)
      events.push(this.#maker.view({ ...seen, network: seen.viewer, at }));
  }
}
