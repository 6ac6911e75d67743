import { beforeEach, describe, expect, test } from 'vitest';
import { RowGlide } from '../../src/element/flip.ts';

const rowHeight = 60;
const inView = { from: 0, to: 4, rowHeight };

/** A row as far as glides know it; its animations run until told otherwise. */
class FakeRow {
  readonly style = { zIndex: '' };
  readonly animations: { frames: Keyframe[]; playState: string; progress: number }[] = [];
  readonly #token: string;

  constructor(token: string) {
    this.#token = token;
  }

  getAttribute(): string {
    return this.#token;
  }

  animate(frames: Keyframe[], options: KeyframeAnimationOptions) {
    if (options.pseudoElement !== undefined) return { playState: 'running' };
    const animation = {
      ...{ frames, playState: 'running', progress: 0, onfinish: undefined },
      cancel: () => Object.assign(animation, { playState: 'idle' }),
      effect: { getComputedTiming: () => ({ progress: animation.progress }) },
    };
    this.animations.push(animation);
    return animation;
  }

  /** From where the running glides start, as their transforms say. */
  get running(): unknown[] {
    return this.animations
      .filter(({ playState }) => playState === 'running')
      .map(({ frames }) => frames[0]?.['transform']);
  }
}

const rowsOf = (...rows: FakeRow[]) => rows as unknown as HTMLElement[];

describe('glides', () => {
  let glide: RowGlide;
  let [a, b, c]: [FakeRow, FakeRow, FakeRow] = [
    new FakeRow('a'),
    new FakeRow('b'),
    new FakeRow('c'),
  ];

  beforeEach(() => {
    glide = new RowGlide();
    [a, b, c] = [new FakeRow('a'), new FakeRow('b'), new FakeRow('c')];
  });

  function move(before: FakeRow[], after: FakeRow[]): void {
    glide.measure(rowsOf(...before), inView);
    glide.play(rowsOf(...after), inView);
  }

  test('lead from where a row was to its place, climbers on top; who stays is left alone', () => {
    move([a, b, c], [b, a, c]);
    expect(b.running).toEqual(['translateY(60px)']);
    expect(a.running).toEqual(['translateY(-60px)']);
    expect([a.style.zIndex, b.style.zIndex]).toEqual(['1', '2']);
    expect(c.animations).toEqual([]);
  });

  test('go on from where the row is seen when its place changes on the way', () => {
    move([a, b, c], [c, a, b]);
    c.animations[0]!.progress = 0.75;
    move([c, a, b], [a, c, b]);
    // Seen 30 px below the first place, so half a row above the second.
    expect(c.running).toEqual(['translateY(-30px)']);
  });

  test('of a row on its way to a place that is still its place go on', () => {
    move([a, b, c], [c, a, b]);
    move([c, a, b], [c, b, a]);
    expect(c.animations).toHaveLength(1);
    expect(c.running).toEqual(['translateY(120px)']);
  });

  test('of a row that goes back before its first frame end: it is where it was', () => {
    move([a, b], [b, a]);
    move([b, a], [a, b]);
    expect(a.running).toEqual(['translateY(0px)']);
    expect(b.running).toEqual(['translateY(0px)']);
  });

  test('lead nowhere beyond the window', () => {
    const far = Array.from({ length: 8 }, (_, i) => new FakeRow(`far${i}`));
    move(far, [...far.slice(0, 4), ...far.slice(4).reverse()]);
    expect(far.flatMap(({ animations }) => animations)).toEqual([]);
  });

  test('of a new row fade in from below; the first rows of all are just there', () => {
    move([], [a]);
    expect(a.animations).toEqual([]);
    move([a], [a, b]);
    expect(b.animations[0]?.frames).toEqual([
      { transform: 'translateY(12px)', opacity: 0 },
      { transform: 'none', opacity: 1 },
    ]);
  });
});
