import { AppError } from '@trending/runtime/errors';
import type { Broker } from './broker.ts';
import type { Coordinator } from './coordinator.ts';
import type { Faults } from './faults.ts';
import type { Process } from './scheduler.ts';

/** What the clients of one world share. */
export interface Cluster {
  readonly broker: Broker;
  readonly coordinator: Coordinator;
  readonly faults: Faults;
}

export interface Question<T> {
  readonly owner: Process;
  readonly what: string;
  readonly act: () => T;
}

export function askBroker<T>(
  { broker, faults }: Cluster,
  { owner, what, act }: Question<T>,
): Promise<T> {
  const { scheduler } = broker;
  return new Promise((resolve, reject) => {
    scheduler.post(broker.process, what, () => {
      const answer = answerOf(act, { isRefused: faults.refuses(), what });
      const run = () => (answer.ok ? resolve(answer.value) : reject(answer.error));
      if (!owner.isAlive) return;
      if (owner.isFrozen || scheduler.random.chance(0.3)) {
        scheduler.post(owner, `${what}: answered`, run);
        return;
      }
      scheduler.current = owner;
      run();
    });
  });
}

type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: Error };

function answerOf<T>(
  act: () => T,
  { isRefused, what }: { readonly isRefused: boolean; readonly what: string },
): Answer<T> {
  if (isRefused) return { ok: false, error: unavailable(what) };
  try {
    return { ok: true, value: act() };
  } catch (error) {
    return { ok: false, error: error as Error };
  }
}

export function unavailable(what: string): AppError {
  return new AppError({
    code: 'BROKER_UNAVAILABLE',
    message: `${what}: no answer`,
    retriable: true,
  });
}
