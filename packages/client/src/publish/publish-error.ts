/**
 * - `queue-full`: nothing was taken over; slow down, or choose `whenFull: 'wait'`
 * - `undelivered`: the service gave no last word in time; publishing it again under its event id is safe
 * - `aborted`, `closed`: the caller ended it first; whether it was stored is unknown once it was sent
 */
export type PublishErrorCode = 'queue-full' | 'undelivered' | 'aborted' | 'closed';

/** Why a view has no result. `eventId` is the id under which it may be published again without counting twice. */
export class PublishError extends Error {
  readonly code: PublishErrorCode;
  readonly eventId: string;

  constructor(code: PublishErrorCode, eventId: string, why: { message: string; cause?: unknown }) {
    super(`${why.message} (${code}, event ${eventId})`, { cause: why.cause });
    this.name = 'PublishError';
    this.code = code;
    this.eventId = eventId;
  }
}
