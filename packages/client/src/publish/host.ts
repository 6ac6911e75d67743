/** What the publisher needs of the platform; every modern server runtime and browser has it. */
export interface PublishHost {
  /** Epoch ms. */
  now(): number;
  /** Uniform in [0, 1). */
  random(): number;
  randomBytes(count: number): Uint8Array;
  /** Calls back once after `ms`; the result cancels it. */
  after(ms: number, callback: () => void): () => void;
  fetch(url: string, init: RequestInit): Promise<Response>;
}

export const platform: PublishHost = {
  now: () => Date.now(),
  random: () => Math.random(),
  randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
  fetch: (url, init) => fetch(url, init),
};
