import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { ReplayTarget } from './replay-target.ts';

const chunkBytes = 256 * 1024;

/** One board a line, as JSON, with the SHA-256 of all bytes. @throws when the file cannot be written. */
export function createFileTarget(path: string): ReplayTarget {
  const stream: WriteStream = createWriteStream(path);
  const hash = createHash('sha256');
  const done = finished(stream);
  // Whoever writes or finishes meets the failure; nobody may be listening yet.
  done.catch(() => undefined);
  let pending: string[] = [];
  let pendingBytes = 0;

  async function flush(): Promise<void> {
    const text = pending.join('');
    pending = [];
    pendingBytes = 0;
    hash.update(text);
    if (!stream.write(text)) await Promise.race([once(stream, 'drain'), done]);
  }

  return {
    async write(_key, board) {
      const line = `${JSON.stringify(board)}\n`;
      pending.push(line);
      pendingBytes += line.length;
      if (pendingBytes >= chunkBytes) await flush();
    },
    async finish() {
      await flush();
      stream.end();
      await done;
      return { into: path, sha256: hash.digest('hex') };
    },
    async abandon() {
      stream.destroy();
      await done.catch(() => undefined);
    },
  };
}
