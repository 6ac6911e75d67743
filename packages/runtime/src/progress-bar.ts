import { type Clock, systemClock } from './clock.ts';

export interface Progress {
  readonly label: string;
  readonly done: number;
  readonly total: number;
  readonly elapsedMs: number;
}

export interface ProgressBar {
  /** Shows `done` of the total; draws only now and then, so call it as often as you like. */
  update(done: number): void;
  /** Draws the last state and ends the line. */
  end(): void;
}

export interface ProgressBarSettings {
  readonly label: string;
  readonly total: number;
  /** Usually standard error, so that standard output stays a result. */
  readonly stream: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly clock?: Clock;
}

const barCells = 24;
const terminalEveryMs = 200;
const plainEveryMs = 5_000;

/** `label  ████░░  62 %  1.2M of 2.0M  95.3k/s  ends in 8s` */
export function progressText({ label, done, total, elapsedMs }: Progress): string {
  const share = total > 0 ? Math.min(1, done / total) : 1;
  const filled = Math.floor(share * barCells);
  const bar = '█'.repeat(filled) + '░'.repeat(barCells - filled);
  const perSecond = elapsedMs > 0 ? (done * 1_000) / elapsedMs : 0;
  const left = perSecond > 0 ? durationText(((total - done) / perSecond) * 1_000) : '?';
  const end = share === 1 ? `took ${durationText(elapsedMs)}` : `ends in ${left}`;
  const amount = `${shortNumber(done)} of ${shortNumber(total)}`;
  return `${label}  ${bar}  ${Math.floor(share * 100)} %  ${amount}  ${shortNumber(perSecond)}/s  ${end}`;
}

/** A bar that redraws itself in a terminal, and a line every few seconds elsewhere. */
export function createProgressBar(settings: ProgressBarSettings): ProgressBar {
  const { label, total, stream, clock = systemClock } = settings;
  const startedAt = clock.now();
  const isTerminal = stream.isTTY === true;
  let done = 0;
  let drawnAt = startedAt;
  const draw = (): void => {
    drawnAt = clock.now();
    const text = progressText({ label, done, total, elapsedMs: drawnAt - startedAt });
    stream.write(isTerminal ? `\r${text}\u001b[K` : `${text}\n`);
  };
  return {
    update(now) {
      done = now;
      if (clock.now() - drawnAt >= (isTerminal ? terminalEveryMs : plainEveryMs)) draw();
    },
    end() {
      draw();
      if (isTerminal) stream.write('\n');
    },
  };
}

function shortNumber(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)}M`;
  if (value >= 1e4) return `${(value / 1e3).toFixed(1)}k`;
  return String(Math.round(value));
}

function durationText(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${seconds % 60}s`;
  return `${Math.floor(minutes / 60)}h ${minutes % 60}m`;
}
