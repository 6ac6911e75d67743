interface Place {
  /** Where the row is laid out, px from the list's top. */
  readonly layout: number;
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
  measure(rows: Iterable<HTMLElement>): void {
    this.#places = new Map([...rows].map((row) => [keyOf(row), this.#placeOf(row)]));
  }

  /** After the render: rows with a new place glide to it from where they were seen, and new rows rise in. */
  play(rows: Iterable<HTMLElement>): void {
    if (this.#places.size === 0) return;
    const all = [...rows];
    const list = all[0]?.parentElement?.getBoundingClientRect().top ?? 0;
    const height = all[0]?.offsetHeight ?? 0;
    const moves = all.map((row) => ({
      row,
      before: this.#places.get(keyOf(row)),
      layout: row.offsetTop,
    }));
    for (const { row, before, layout } of moves) {
      // Of a hundred rows a dozen are in the window; the others would cost as much, unseen.
      const isInWindow = (top: number) => list + top > -height && list + top < innerHeight;
      if (!isInWindow(layout) && !isInWindow(before?.seen ?? layout)) continue;
      if (before === undefined) this.#riseIn(row);
      // A row still on its way to an unchanged place is left alone: restarting would make it crawl.
      else if (Math.abs(before.layout - layout) > 1) this.#glide(row, before.seen - layout);
    }
  }

  #placeOf(row: HTMLElement): Place {
    const layout = row.offsetTop;
    const glide = this.#glides.get(row);
    if (glide === undefined || !isRunning(glide.animation)) return { layout, seen: layout };
    const progress = glide.animation.effect?.getComputedTiming().progress ?? 1;
    return { layout, seen: layout + glide.distance * (1 - progress) };
  }

  #glide(row: HTMLElement, distance: number): void {
    this.#glides.get(row)?.animation.cancel();
    // Climbers pass over the rows they overtake. Within the animation this would keep it off the compositor.
    row.style.zIndex = distance > 0 ? '2' : '1';
    const duration = Math.min(700, 380 + Math.abs(distance) / 3);
    const frames = [{ transform: `translateY(${distance}px)` }, { transform: 'none' }];
    const animation = row.animate(frames, { id: 'glide', duration, easing: ease });
    animation.onfinish = () => {
      row.style.zIndex = '';
    };
    this.#glides.set(row, { animation, distance });
    if (distance > 0) this.#flash(row);
  }

  #riseIn(row: HTMLElement): void {
    const distance = 12;
    const frames = [
      { transform: `translateY(${distance}px)`, opacity: 0 },
      { transform: 'none', opacity: 1 },
    ];
    const animation = row.animate(frames, { id: 'glide', duration: 320, easing: ease });
    this.#glides.set(row, { animation, distance });
    this.#flash(row);
  }

  /** A climber is tinted for a moment, so the eye finds it; one that is still tinted has been found. */
  #flash(row: HTMLElement): void {
    if (isRunning(this.#flashes.get(row))) return;
    const how = { duration: 1_400, easing: 'ease-out', pseudoElement: '::before' };
    this.#flashes.set(row, row.animate([{ opacity: 1 }, { opacity: 0 }], how));
  }
}

const ease = 'cubic-bezier(0.22, 0.9, 0.26, 1)';

function isRunning(animation: Animation | undefined): boolean {
  return animation?.playState === 'running';
}

function keyOf(row: HTMLElement): string {
  return row.getAttribute('data-token') ?? '';
}
