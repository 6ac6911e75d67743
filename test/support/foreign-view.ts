import { createKafkaLog, createRegistry, partitionOf } from '@trending/kafka';
import { createLogger } from '@trending/runtime';
import {
  chainOf,
  defaultViewPartitions,
  schemaOf,
  subjectOf,
  type TokenView,
  topics,
} from '@trending/schemas';

const logger = createLogger({ service: 'test', level: 'silent' });
/** Byte 0 of a frame is fixed, its schema id follows. */
const idAt = 1;
/** The first branch of a union, null, as the last field of a record. */
const isNull = Buffer.from([0]);

export interface ForeignView {
  /** Key of the token. */
  readonly token: string;
  /** As a UUID. */
  readonly eventId: string;
  readonly viewedAt: number;
}

/**
 * Writes a view to the log as a publisher of a later release would: with one field more, under a schema id nobody has met. Resolves when the
 * broker has it. @throws Error when the registry refuses the schema
 */
export async function publishForeignView(
  stack: { readonly kafka: string; readonly registryUrl: string },
  view: ForeignView,
): Promise<void> {
  const serde = await createRegistry({ url: stack.registryUrl, logger }).serde<TokenView>(
    topics.views,
  );
  const frame = Buffer.concat([serde.encode(viewOf(view)), isNull]);
  frame.writeUInt32BE(await registerLater(stack.registryUrl), idAt);
  const log = createKafkaLog({ brokers: [stack.kafka], clientId: 'foreign-publisher', logger });
  const partition = partitionOf(view.token, defaultViewPartitions);
  const record = { key: view.token, value: frame, timestamp: view.viewedAt };
  try {
    await log.append({ topic: topics.views.name, partition }, [record]);
  } finally {
    await log.close();
  }
}

/** @returns the id of the views' schema with one field more */
async function registerLater(registryUrl: string): Promise<number> {
  const schema = JSON.parse(schemaOf(topics.views)) as { fields: object[] };
  schema.fields.push({ name: 'addedLater', type: ['null', 'string'], default: null });
  const answer = await fetch(`${registryUrl}/subjects/${subjectOf(topics.views)}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema: JSON.stringify(schema) }),
  });
  if (!answer.ok) throw new Error(`the registry answered ${answer.status}: ${await answer.text()}`);
  return ((await answer.json()) as { id: number }).id;
}

function viewOf({ token, eventId, viewedAt }: ForeignView): TokenView {
  const id = Buffer.from(eventId.replaceAll('-', ''), 'hex');
  return {
    ...{
      eventId: id,
      chain: chainOf(token),
      token,
      viewer: id.subarray(8),
      network: id.subarray(8),
    },
    ...{ viewedAt, receivedAt: viewedAt, weightMicro: 1_000_000, flags: 0, source: 'test' },
    ...{ partnerId: null, country: null, device: null, dwellMs: null },
  };
}
