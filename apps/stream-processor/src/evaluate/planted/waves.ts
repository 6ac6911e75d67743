import { dayMinutes } from './world-time.ts';

/**
 * Visits a minute that rise and fall once a day: `mean + sine · sin(turn) + cosine · cos(turn)`, where a day is one turn. Sums of such
 * waves, and those that come later, are such waves too.
 */
export interface Wave {
  readonly mean: number;
  readonly sine: number;
  readonly cosine: number;
}

export const noWave: Wave = { mean: 0, sine: 0, cosine: 0 };

export function turnOf(minute: number): number {
  return (2 * Math.PI * minute) / dayMinutes;
}

export function heightOf({ mean, sine, cosine }: Wave, minute: number): number {
  return mean + sine * Math.sin(turnOf(minute)) + cosine * Math.cos(turnOf(minute));
}

/** A wave and so many times another one. */
export function plus(wave: Wave, other: Wave, times = 1): Wave {
  return {
    mean: wave.mean + times * other.mean,
    sine: wave.sine + times * other.sine,
    cosine: wave.cosine + times * other.cosine,
  };
}

/** The same wave so many minutes later. */
export function later({ mean, sine, cosine }: Wave, minutes: number): Wave {
  const [sin, cos] = [Math.sin(turnOf(minutes)), Math.cos(turnOf(minutes))];
  return { mean, sine: sine * cos + cosine * sin, cosine: cosine * cos - sine * sin };
}
