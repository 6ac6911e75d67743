import { type Child, startChild } from '../child.ts';
import { walkedWindows } from './board-walk.ts';
import type { SwarmReading } from './swarm-tally.ts';

export interface SwarmWishes {
  readonly port: number;
  readonly kind: 'socket.io' | 'websocket';
  readonly clients: number;
  readonly isFrozen?: boolean;
  readonly limit?: number;
  readonly jitterMs?: number;
}

export interface Convergence {
  /** From the cut until the last client had been answered. */
  readonly ms: number;
  readonly returned: number;
}

/** Clients in a process of their own: see peers/swarm.ts. */
export class Swarm {
  readonly #child: Child;
  readonly clients: number;
  /** Boards followed by one client or more. */
  readonly boards: number;

  private constructor(child: Child, clients: number) {
    this.#child = child;
    this.clients = clients;
    this.boards = Math.min(clients, walkedWindows.length);
  }

  /** All clients hold a board when this returns. */
  static async open(wishes: SwarmWishes): Promise<Swarm> {
    const { port, kind, clients, isFrozen = false, limit = 20, jitterMs = 0 } = wishes;
    const options = { port, kind, clients, limit, jitterMs };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const child = startChild('bench/src/peers/swarm.ts', {
      args: [...args, ...(isFrozen ? ['--frozen'] : [])],
    });
    await child.line('READY');
    return new Swarm(child, clients);
  }

  /** What was seen since the last reading. */
  async read(): Promise<SwarmReading> {
    this.#child.process.kill('SIGUSR2');
    return JSON.parse(await this.#child.line('READING')) as SwarmReading;
  }

  /** Cuts every connection at once and waits until all are back. */
  async storm(): Promise<Convergence> {
    this.#child.process.kill('SIGHUP');
    return JSON.parse(await this.#child.line('CONVERGED')) as Convergence;
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }
}
