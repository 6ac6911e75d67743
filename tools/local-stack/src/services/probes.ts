import { connect } from 'node:net';

const probeTimeoutMs = 2_000;

/** Does this URL answer 2xx within so many ms? */
export async function answersOk(url: string, timeoutMs = probeTimeoutMs): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

/**
 * ApiVersions v0 with client id "probe", framed: size, api key 18, version 0, correlation id, client id
 * (Kafka protocol guide). A broker answers it only once it accepts requests, not when its port opens.
 */
const apiVersionsRequest = Buffer.from('0000000f00120000000000010005' + '70726f6265', 'hex');

/** Does a Kafka broker answer ApiVersions without an error? */
export function brokerAnswers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    let received = Buffer.alloc(0);
    socket.setTimeout(probeTimeoutMs, () => finish(false));
    socket.once('error', () => finish(false));
    socket.once('close', () => finish(false));
    socket.once('connect', () => socket.write(apiVersionsRequest));
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      if (received.length >= 10) finish(isApiVersionsResponse(received));
    });
  });
}

/** size, correlation id 1, error code 0. */
function isApiVersionsResponse(bytes: Buffer): boolean {
  return bytes.readInt32BE(4) === 1 && bytes.readInt16BE(8) === 0;
}
