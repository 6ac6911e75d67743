/** Name of the rules below; part of every candidate set, so that a reader knows how it was counted. */
export const countingRules = 'panes-2';

/** How far behind stream time a view may be without being late. */
export const gracePeriodMs = 5_000;
/** A view further ahead of its record timestamp is refused. */
export const futureGuardMs = 60_000;
/** Log time for which event ids and a viewer's previous view are remembered. */
export const memoryMs = 10 * 60_000;
/** The same viewer and token again within this time is the same view (COUNTER Code of Practice, double-click). */
export const doubleClickMs = 30_000;
/** Viewers told apart per token: those seen last; of others only the views count. */
export const trackedViewersMax = 65_536;
/** Of them in one network, which adds eight effective visitors at most, even at an eighth of the full weight. */
export const viewersPerNetworkMax = 64;
/** Full quality weight of a view, micro. */
export const fullWeightMicro = 1_000_000;
/** Categories of a token that make scopes; further ones in name order do not. */
export const categoriesMax = 8;
