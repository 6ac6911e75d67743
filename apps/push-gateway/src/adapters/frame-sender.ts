/** Where ws writes a frame that was made before, past everything it does to a message; Socket.IO's engine uses the same door. */
export interface FrameSender {
  /** The bytes of whole frames, in one write. */
  sendFrame(list: readonly [Buffer]): void;
}

/** The door of a socket of ws; undefined when a version of ws has none: then messages go the long way. */
export function frameSenderOf(socket: unknown): FrameSender | undefined {
  const { _sender: sender } = (socket ?? {}) as { readonly _sender?: Partial<FrameSender> };
  return typeof sender?.sendFrame === 'function' ? (sender as FrameSender) : undefined;
}
