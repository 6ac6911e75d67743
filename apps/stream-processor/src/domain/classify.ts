import { viewFlags } from '@trending/schemas';
import type { DeadLetterReason, FoldedView } from './folded-view.ts';

/** The one fate of a record. */
export type ViewClass = 'counted' | 'late' | 'duplicate' | 'filtered' | 'dead-lettered' | 'marker';

export type Verdict =
  | { readonly class: 'counted'; readonly reason: '' }
  | { readonly class: 'late'; readonly reason: 'kept' | 'dropped' }
  | { readonly class: 'duplicate'; readonly reason: 'event_id' }
  | { readonly class: 'filtered'; readonly reason: 'robot' | 'double_click' }
  | { readonly class: 'dead-lettered'; readonly reason: DeadLetterReason }
  | { readonly class: 'marker'; readonly reason: '' };

/** What a partition remembers of earlier records. The `recall…` calls also remember this one. */
export interface ViewMemory {
  /** Views below it are late. */
  watermark(): number;
  /** Late views below it are dropped. */
  keptFrom(): number;
  /** Was this (token, event id) in the log within the memory's length? */
  recallEvent(view: FoldedView): boolean;
  /** Was the same viewer's previous view of this token within the double-click time? */
  recallViewer(view: FoldedView): boolean;
}

const counted: Verdict = { class: 'counted', reason: '' };
const lateKept: Verdict = { class: 'late', reason: 'kept' };
const lateDropped: Verdict = { class: 'late', reason: 'dropped' };
const duplicate: Verdict = { class: 'duplicate', reason: 'event_id' };
const robot: Verdict = { class: 'filtered', reason: 'robot' };
const doubleClick: Verdict = { class: 'filtered', reason: 'double_click' };

/** The verdicts that {@link classify} gives, these very objects. */
export const viewVerdicts: readonly Verdict[] = [
  counted,
  lateKept,
  lateDropped,
  duplicate,
  robot,
  doubleClick,
];

/**
 * Class of a view that broke no rule of its own. A duplicate leaves the viewer's memory alone: it repeats a view that is
 * in it, or was. A robot's view is nobody's previous view.
 */
export function classify(view: FoldedView, memory: ViewMemory): Verdict {
  if (memory.recallEvent(view)) return duplicate;
  if ((view.flags & viewFlags.robot) !== 0) return robot;
  if (memory.recallViewer(view)) return doubleClick;
  if (view.viewedAt >= memory.watermark()) return counted;
  return view.viewedAt >= memory.keptFrom() ? lateKept : lateDropped;
}

/** Does a view of this verdict enter its panes? */
export function entersPanes(verdict: Verdict): boolean {
  return verdict.class === 'counted' || verdict.reason === 'kept';
}

/** Did classifying the view ask, and so tell, the viewer's memory? */
export function recallsViewer(verdict: Verdict): boolean {
  return entersPanes(verdict) || verdict.reason === 'dropped' || verdict.reason === 'double_click';
}
