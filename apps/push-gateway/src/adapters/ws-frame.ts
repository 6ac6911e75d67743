/**
 * A whole unmasked text message as a server sends it (RFC 6455, section 5.2): made once, written to every socket.
 */
export function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const head = frameHead(payload.length);
  return Buffer.concat([head, payload]);
}

/** A finished frame in the lists that a socket takes, the same for every socket. */
export interface WirePacket {
  readonly alone: readonly [Buffer];
  /** One buffer, too: two would be gathered anew for every socket. */
  readonly withPing: readonly [Buffer];
  /** Of the frame alone. */
  readonly bytes: number;
}

export function wirePacket(frame: Buffer, ping: Buffer): WirePacket {
  return { alone: [frame], withPing: [Buffer.concat([frame, ping])], bytes: frame.length };
}

function frameHead(length: number): Buffer {
  const finalText = 0x81;
  if (length < 126) return Buffer.from([finalText, length]);
  if (length < 65_536) return Buffer.from([finalText, 126, length >> 8, length & 0xff]);
  const head = Buffer.alloc(10);
  head[0] = finalText;
  head[1] = 127;
  head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}
