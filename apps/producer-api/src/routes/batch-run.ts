import { type Problem, problemOf, problemPlaces } from '@trending/runtime';
import { type ItemRejection, ViewItem, type ViewsAnswer } from '@trending/schemas/http/publish';
import { Compile } from 'typebox/compile';
import type { Rejection } from '../domain/rejection.ts';
import { conflict, type Taken, type TakeView } from '../intake.ts';
import { noneStored, rejectionProblem, unavailableProblem } from './problems.ts';
import { type Append, countRejection, eventIdOf, type Publishing, settle } from './publishing.ts';

const itemCheck = Compile(ViewItem);

/** An item of a batch, or why its line is not JSON; `index` is its place in the array, or its line from 0. */
export type BatchItem =
  | { readonly ok: true; readonly index: number; readonly value: unknown }
  | { readonly ok: false; readonly index: number; readonly detail: string };

/** One batch on its way: what was taken, what was refused, and what the brokers said. */
export class BatchRun {
  readonly #publishing: Publishing;
  readonly #takeView: TakeView;
  readonly #appends: { readonly index: number; readonly append: Append }[] = [];
  /** Repeats inside the batch share the fate of the first of their id. */
  readonly #repeats: { readonly index: number; readonly first: Append }[] = [];
  readonly #firstOfId = new Map<string, Append>();
  readonly #rejected: ItemRejection[] = [];
  readonly #counts = { accepted: 0, filtered: 0, duplicate: 0 };

  constructor(publishing: Publishing, takeView: TakeView) {
    this.#publishing = publishing;
    this.#takeView = takeView;
  }

  take(item: BatchItem): void {
    const { index } = item;
    if (!item.ok) this.#refuse({ code: 'malformed-json', pointer: '', detail: item.detail }, index);
    else if (itemCheck.Check(item.value)) this.#settle(this.#takeView(item.value, index), index);
    else this.#refuseShape(item.value, index);
  }

  /** @throws ProblemError 503 when views were to be stored and none was, AppError when they were not even tried. */
  async publish(isKey: boolean): Promise<void> {
    const views = this.#appends.map(({ append }) => append.accepted);
    if (views.length === 0) return;
    const outcomes = await this.#publishing.publisher.publishAll(views).catch((error: unknown) => {
      this.#countLost(views.length + this.#repeats.length);
      throw error;
    });
    const failed = new Map<Append, Problem>();
    this.#appends.forEach(({ index, append }, i) => {
      const outcome = outcomes[i];
      if (outcome === undefined) {
        this.#counts[settle(this.#publishing, append, isKey)] += 1;
        return;
      }
      const problem = unavailableProblem(outcome, eventIdOf(append));
      failed.set(append, problem);
      this.#reject(index, 'unavailable', problem);
    });
    const [error] = outcomes;
    const [first] = this.#appends;
    if (error !== undefined && first !== undefined && failed.size === views.length) {
      this.#countLost(this.#repeats.length);
      throw noneStored(error, eventIdOf(first.append));
    }
    for (const { index, first } of this.#repeats) {
      const problem = failed.get(first);
      if (problem === undefined) this.#countDuplicate();
      else this.#reject(index, 'unavailable', problem);
    }
  }

  answer(): ViewsAnswer {
    return { ...this.#counts, rejected: this.#rejected.sort((a, b) => a.index - b.index) };
  }

  #settle(taken: Taken, index: number): void {
    if (taken.kind === 'append') this.#append(index, taken);
    else if (taken.kind === 'duplicate') this.#countDuplicate();
    else this.#refuse(taken.rejection, index);
  }

  #append(index: number, append: Append): void {
    const { identity } = append;
    const first = identity && this.#firstOfId.get(identity.eventId);
    if (first !== undefined && first.identity?.payload === identity?.payload)
      this.#repeats.push({ index, first });
    else if (first !== undefined) this.#refuse(conflict, index);
    else {
      if (identity !== undefined) this.#firstOfId.set(identity.eventId, append);
      this.#appends.push({ index, append });
    }
  }

  #refuse(rejection: Rejection, index: number): void {
    this.#reject(index, rejection.code, rejectionProblem(rejection, `body/${index}`));
  }

  #refuseShape(value: unknown, index: number): void {
    const errors = problemPlaces(`body/${index}`, itemCheck.Errors(value));
    const detail = errors.map(({ pointer, detail: why }) => `${pointer} ${why}`).join('; ');
    this.#reject(index, 'validation', { ...problemOf(400, 'validation', detail), errors });
  }

  /** The answer lists nothing, but every view is in a metric. */
  #countLost(views: number): void {
    for (let i = 0; i < views; i += 1) countRejection(this.#publishing, 'unavailable');
  }

  #countDuplicate(): void {
    this.#counts.duplicate += 1;
    this.#publishing.metrics.duplicate();
  }

  #reject(index: number, code: string, problem: Problem): void {
    countRejection(this.#publishing, code);
    this.#rejected.push({ index, problem: problem as ItemRejection['problem'] });
  }
}
