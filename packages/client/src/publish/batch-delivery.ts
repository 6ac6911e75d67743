import { type AttemptSettings, attempt } from './attempt.ts';
import { PublishError } from './publish-error.ts';
import { delayMs } from './retry-delay.ts';
import type { Problem, PublishResult } from './view.ts';

/** A view on its way, with the text that every try repeats: same id, same content. */
export interface QueuedView {
  readonly eventId: string;
  readonly text: string;
  readonly bytes: number;
  /** When it was taken over, epoch ms. */
  readonly queuedAt: number;
  resolve(result: PublishResult): void;
  reject(error: PublishError): void;
}

export interface DeliverySettings extends AttemptSettings {
  /** After so long without a last word a view counts as undelivered, ms since its first try. */
  readonly retryForMs: number;
}

/** Sends one batch until every view in it has its last word. Settles all of them; never throws. */
export async function deliver(
  settings: DeliverySettings,
  batch: readonly QueuedView[],
  signal: AbortSignal,
): Promise<void> {
  const { host } = settings;
  const deadline = host.now() + settings.retryForMs;
  let open = batch;
  for (let failures = 0; open.length > 0; failures += 1) {
    const outcome = await attempt(
      settings,
      open.map(({ text }) => text),
      signal,
    );
    if (outcome.kind === 'refused') return rejectAll(open, outcome.problem);
    if (outcome.kind === 'too-large') return split(settings, { open, ...outcome }, signal);
    let asked: number | undefined;
    let cause: unknown = new Error('the log did not confirm these views');
    if (outcome.kind === 'answered') open = settle(open, outcome.rejected);
    else ({ askedMs: asked, cause } = outcome);
    if (open.length === 0) return;
    if (signal.aborted) return giveUp(open, endOf(signal), signal.reason);
    const delay = delayMs(failures, asked, host.random());
    if (host.now() + delay > deadline) return giveUp(open, 'undelivered', cause);
    await pause(settings, delay, signal);
    if (signal.aborted) return giveUp(open, endOf(signal), signal.reason);
  }
}

/** Gives every view its result and hands back those that the log did not confirm. */
function settle(
  batch: readonly QueuedView[],
  rejected: ReadonlyMap<number, Problem>,
): readonly QueuedView[] {
  return batch.filter((queued, index) => {
    const problem = rejected.get(index);
    if (problem !== undefined && problem.status >= 500) return true;
    const { eventId } = queued;
    queued.resolve(
      problem === undefined
        ? { status: 'acknowledged', eventId }
        : { status: 'rejected', eventId, problem },
    );
    return false;
  });
}

/** Halves until it fits; one view alone that does not fit is wrong. */
async function split(
  settings: DeliverySettings,
  { open, problem }: { readonly open: readonly QueuedView[]; readonly problem: Problem },
  signal: AbortSignal,
): Promise<void> {
  if (open.length === 1) return rejectAll(open, problem);
  const middle = Math.ceil(open.length / 2);
  await deliver(settings, open.slice(0, middle), signal);
  await deliver(settings, open.slice(middle), signal);
}

function rejectAll(batch: readonly QueuedView[], problem: Problem): void {
  for (const { eventId, resolve } of batch) resolve({ status: 'rejected', eventId, problem });
}

/** The signal's reason is the code its owner ended with. */
function endOf({ reason }: AbortSignal): 'aborted' | 'closed' {
  return reason === 'closed' ? 'closed' : 'aborted';
}

function giveUp(
  batch: readonly QueuedView[],
  code: 'aborted' | 'closed' | 'undelivered',
  cause: unknown,
): void {
  const message =
    code === 'undelivered'
      ? `the service gave no last word in time: ${String(cause)}; publish it again under its event id`
      : 'ended while the view was on its way; it may or may not be stored';
  for (const { eventId, reject } of batch)
    reject(new PublishError(code, eventId, { message, cause }));
}

function pause({ host }: DeliverySettings, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = host.after(ms, done);
    signal.addEventListener('abort', done);
  });
}
