import type { PlacesInView } from './rows-in-view.ts';

interface Place {
  /** The row's place, px from the list's top: worked out, because asking would have it laid out at once. */
  readonly top: number;
  /** Where it is seen: differs while it glides. */
  readonly seen: number;
}

interface Glide {
  readonly animation: Animation;
  /** From where to the row's place, px; > 0 is from below. */
  readonly distance: number;
}

/** Glide of rows between two renders: First, Last, Invert, Play (Paul Lewis, "FLIP your animations"). */
export class RowGlide {
  #places = new Map<string, Place>();
  /** Kept here, because asking rows for their animations or for where they are seen works out styles anew. */
  readonly #glides = new WeakMap<HTMLElement, Glide>();
  readonly #flashes = new WeakMap<HTMLElement, Animation>();

  /** Before a render: where each row is now. */
  measure(rows: Iterable<HTMLElement>, { rowHeight }: PlacesInView): void {
    this.#places = new Map(
      [...rows].map((row, i) => [keyOf(row), this.#placeOf(row, i * rowHeight)]),
    );
  }

  /** After the render: rows with a new place glide to it from where they were seen, and new rows fade in from below. */
  play(rows: Iterable<HTMLElement>, { from, to, rowHeight }: PlacesInView): void {
    if (this.#places.size === 0) return;
    const isInView = (px: number) => px >= from * rowHeight && px < to * rowHeight;
    const moves = [...rows]
      .map((row, i) => moveOf(row, i * rowHeight, this.#places.get(keyOf(row))))
      // Of a hundred rows a dozen are in the window; the others would cost as much, unseen.
      .filter(({ isMoved, top, seen }) => isMoved && (isInView(top) || isInView(seen)));
    // All before the first glide: an animation of a part works out styles, and every glide makes them stale.
    for (const { row, distance } of moves) if (distance > 0) this.#flash(row);
    for (const move of moves) this.#glide(move);
  }

  #placeOf(row: HTMLElement, top: number): Place {
    const glide = this.#glides.get(row);
    if (glide === undefined || !isRunning(glide.animation)) return { top, seen: top };
    const progress = glide.animation.effect?.getComputedTiming().progress ?? 1;
    return { top, seen: top + glide.distance * (1 - progress) };
  }

  #glide({ row, isNew, distance }: Move): void {
    this.#glides.get(row)?.animation.cancel();
    // Climbers pass over the rows they overtake. Within the animation this would keep it off the compositor.
    row.style.zIndex = distance > 0 ? '2' : '1';
    const duration = Math.min(700, 380 + Math.abs(distance) / 3);
    const frames = [
      { transform: `translateY(${distance}px)`, ...(isNew && { opacity: 0 }) },
      { transform: 'none', ...(isNew && { opacity: 1 }) },
    ];
    const animation = row.animate(frames, { id: 'glide', duration, easing: ease });
    animation.onfinish = () => {
      row.style.zIndex = '';
    };
    this.#glides.set(row, { animation, distance });
  }

  /** A climber is tinted for a moment, so the eye finds it; one that is still tinted has been found. */
  #flash(row: HTMLElement): void {
    if (isRunning(this.#flashes.get(row))) return;
    const how = { duration: 1_400, easing: 'ease-out', pseudoElement: '::before' };
    this.#flashes.set(row, row.animate([{ opacity: 1 }, { opacity: 0 }], how));
  }
}

/** From where a new row rises, px below its place. */
const riseFrom = 12;

interface Move extends Place {
  readonly row: HTMLElement;
  readonly isNew: boolean;
  /** Whether it has another place. A row still on its way to an unchanged one is left alone: restarting would make it crawl. */
  readonly isMoved: boolean;
  /** What it has to glide, px; > 0 is up, 0 where it is seen at its new place already. */
  readonly distance: number;
}

function moveOf(row: HTMLElement, top: number, before: Place | undefined): Move {
  const seen = before?.seen ?? top + riseFrom;
  return {
    row,
    isNew: before === undefined,
    isMoved: before?.top !== top,
    top,
    seen,
    distance: seen - top,
  };
}

const ease = 'cubic-bezier(0.22, 0.9, 0.26, 1)';

function isRunning(animation: Animation | undefined): boolean {
  return animation?.playState === 'running';
}

function keyOf(row: HTMLElement): string {
  return row.getAttribute('data-token') ?? '';
}
