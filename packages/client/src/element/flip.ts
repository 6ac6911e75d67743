interface Place {
  /** Where the row is laid out, px from the list's top. */
  readonly layout: number;
  /** Where it is seen: differs while it glides. */
  readonly seen: number;
}

/** Glide of rows between two renders: First, Last, Invert, Play (Paul Lewis, "FLIP your animations"). */
export class RowGlide {
  #places = new Map<string, Place>();

  /** Before a render: where each row is now. */
  measure(rows: Iterable<HTMLElement>): void {
    this.#places = new Map([...rows].map((row) => [keyOf(row), placeOf(row)]));
  }

  /** After the render: rows with a new place glide to it from where they were seen, and new rows rise in. */
  play(rows: Iterable<HTMLElement>): void {
    if (this.#places.size === 0) return;
    const all = [...rows];
    const list = all[0]?.parentElement?.getBoundingClientRect().top ?? 0;
    const moves = all.map((row) => ({
      row,
      before: this.#places.get(keyOf(row)),
      layout: row.offsetTop,
      height: row.offsetHeight,
    }));
    for (const { row, before, layout, height } of moves) {
      // Of a hundred rows a dozen are in the window; the others would cost as much, unseen.
      const isInWindow = (top: number) => list + top > -height && list + top < innerHeight;
      if (!isInWindow(layout) && !isInWindow(before?.seen ?? layout)) continue;
      if (before === undefined) riseIn(row);
      // A row still on its way to an unchanged place is left alone: restarting would make it crawl.
      else if (Math.abs(before.layout - layout) > 1) glide(row, before.seen - layout);
    }
  }
}

const ease = 'cubic-bezier(0.22, 0.9, 0.26, 1)';

function glide(row: HTMLElement, distance: number): void {
  row.getAnimations().forEach(cancelIfGlide);
  // Climbers pass over the rows they overtake.
  const zIndex = distance > 0 ? 2 : 1;
  const from = { transform: `translateY(${distance}px)`, zIndex };
  row.animate([from, { transform: 'none', zIndex }], {
    id: 'glide',
    duration: Math.min(700, 380 + Math.abs(distance) / 3),
    easing: ease,
  });
  if (distance > 0) flash(row);
}

function riseIn(row: HTMLElement): void {
  row.animate(
    [
      { transform: 'translateY(12px)', opacity: 0 },
      { transform: 'none', opacity: 1 },
    ],
    {
      id: 'glide',
      duration: 320,
      easing: ease,
    },
  );
  flash(row);
}

/** A climber is tinted for a moment, so the eye finds it. */
function flash(row: HTMLElement): void {
  row.animate([{ opacity: 1 }, { opacity: 0 }], {
    duration: 1_400,
    easing: 'ease-out',
    pseudoElement: '::before',
  });
}

function cancelIfGlide(animation: Animation): void {
  if (animation.id === 'glide') animation.cancel();
}

function placeOf(row: HTMLElement): Place {
  const list = row.parentElement?.getBoundingClientRect().top ?? 0;
  return { layout: row.offsetTop, seen: row.getBoundingClientRect().top - list };
}

function keyOf(row: HTMLElement): string {
  return row.getAttribute('data-token') ?? '';
}
