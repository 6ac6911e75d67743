/** A view that the service will never take; `detail` says what it found wrong. */
export interface RefusedView {
  readonly eventId: string;
  /** HTTP status, 400 to 499: 401 for a view token that does not hold, or is needed and was not sent. */
  readonly status: number;
  readonly detail: string;
}

export interface BeaconOptions {
  /** Base URL of the producer-api; '' is the page's own origin. */
  readonly endpoint: string;
  readonly address: string;
  readonly chain?: string;
  /** Where the view comes from, such as `web`. */
  readonly source?: string;
  readonly partnerId?: string;
  /**
   * The view token that the page's backend asked for. A function is asked once the page is seen, so that the token is at hand
   * while the page is being left, again for every further try, and once more when the service does not believe what it gave (401,
   * 403). What takes longer than 5 s is given up (`signal` tells) and counts as a failed try.
   */
  readonly viewToken?: string | ((signal: AbortSignal) => string | Promise<string>);
  /** Visible time after which the view is told, ms; who leaves earlier is told then. Default 2000. */
  readonly afterMs?: number;
  /** Called with the event id once the view is on its way. */
  readonly onSent?: (eventId: string) => void;
  /** Called instead of `onSent` when the service refuses the view; it is not told again. */
  readonly onRefused?: (refused: RefusedView) => void;
}
