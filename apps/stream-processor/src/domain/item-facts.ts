import type { Candidate, Contribution, ScoreBasis } from '@trending/schemas';
import { surprise } from './expectation.ts';
import { contributionsOf } from './score.ts';
import type { Scorer, SiteTotals } from './scorer.ts';
import { tokenFlags } from './token-flags.ts';
import { difference } from './token-state.ts';

/** Over-dispersion that a token's state is judged by: its own is not on the board. */
const usualPhi = 0.1;
const micro = 1_000_000;

/** What a token's item says by one formula, whatever board it stands on. */
export interface ItemFacts {
  readonly expectedMicro: number;
  readonly integrityMicro: number;
  /** Standard deviations above usual, by which the token's state is judged. */
  readonly surprise: number;
  readonly contributions: readonly Contribution[];
  /** Null without an expectation. */
  readonly basis: ScoreBasis | null;
}

/** One window's facts at one time. A token stands on several boards of several formulas: each fact is found once. */
export class WindowFacts {
  readonly #site: SiteTotals;
  readonly #flags = new Map<Candidate, readonly string[]>();
  readonly #ofScorer = new Map<Scorer | undefined, Map<Candidate, ItemFacts>>();

  constructor(site: SiteTotals) {
    this.#site = site;
  }

  flags(candidate: Candidate): readonly string[] {
    const known = this.#flags.get(candidate);
    if (known !== undefined) return known;
    const flags = tokenFlags(candidate, this.#site);
    this.#flags.set(candidate, flags);
    return flags;
  }

  /** Without a scorer: what the counts alone say. */
  of(scorer: Scorer | undefined, candidate: Candidate): ItemFacts {
    const facts = this.#ofScorer.get(scorer) ?? new Map<Candidate, ItemFacts>();
    this.#ofScorer.set(scorer, facts);
    const known = facts.get(candidate);
    if (known !== undefined) return known;
    const found = factsOf(scorer, candidate, this.#site);
    facts.set(candidate, found);
    return found;
  }
}

function factsOf(scorer: Scorer | undefined, candidate: Candidate, site: SiteTotals): ItemFacts {
  const { views, viewsPrev, effective } = candidate;
  const contributions = scorer === undefined ? [] : contributionsOf(scorer, candidate, site);
  const usual = scorer?.usual?.(candidate, site);
  if (usual === undefined)
    return {
      expectedMicro: viewsPrev * micro,
      integrityMicro: micro,
      surprise: difference(views, viewsPrev),
      contributions,
      basis: null,
    };
  const { expectedMicro, integrityMicro, ...made } = usual;
  const above = surprise(effective / micro, expectedMicro / micro, usualPhi);
  const { cohort, capped } = candidate;
  const basis = { ...made, cohort, capped };
  return { expectedMicro, integrityMicro, surprise: above, contributions, basis };
}
