import type { PublishHost } from '../../../src/publish/host.ts';
import { ManualEnvironment } from '../../subscribe/support/manual-environment.ts';

export interface SentRequest {
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
  /** The views in it, in order. */
  readonly views: readonly Record<string, unknown>[];
}

type Answer = (request: SentRequest) => Response | Promise<Response> | Error;

export const stored = (rejected: readonly unknown[] = []): Response =>
  Response.json({ accepted: 0, duplicate: 0, filtered: 0, rejected }, { status: 202 });

export const problem = (status: number, headers: Record<string, string> = {}): Response =>
  Response.json({ title: 't', detail: `status ${status}`, type: 'x', status }, { status, headers });

/** Time that moves when told, and a service that answers as scripted; without a script it stores everything. */
export class ScriptedHost implements PublishHost {
  readonly clock = new ManualEnvironment();
  readonly requests: SentRequest[] = [];
  readonly script: Answer[] = [];
  usual: Answer = () => stored();
  #ids = 0;

  now(): number {
    return this.clock.now();
  }

  random(): number {
    return this.clock.random();
  }

  randomBytes(count: number): Uint8Array {
    this.#ids += 1;
    return new Uint8Array(count).fill(this.#ids);
  }

  after(ms: number, callback: () => void): () => void {
    return this.clock.after(ms, callback);
  }

  fetch(url: string, init: RequestInit): Promise<Response> {
    const body = String(init.body);
    const lines = body.startsWith('[')
      ? JSON.parse(body)
      : body.split('\n').map((line) => JSON.parse(line));
    const request = { url, headers: new Headers(init.headers), body, views: lines };
    this.requests.push(request);
    return new Promise((resolve, reject) => {
      init.signal?.addEventListener('abort', () => reject(init.signal?.reason));
      const answer = (this.script.shift() ?? this.usual)(request);
      if (answer instanceof Error) reject(answer);
      // Not resolve(answer): a promise that follows one without an answer could not be rejected any more.
      else void Promise.resolve(answer).then(resolve);
    });
  }

  /** Moves the clock after everything that waits for no clock has happened, and lets what it started happen too. */
  async advance(ms: number): Promise<void> {
    await settled();
    this.clock.advance(ms);
    await settled();
  }
}

/** Resolves after all pending promise reactions: a turn of the event loop comes after every microtask. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
