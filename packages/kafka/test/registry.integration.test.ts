import { type Control, schemaOf, subjectOf, topics } from '@trending/schemas';
import { beforeAll, describe, expect, test } from 'vitest';
import { applySchemas, checkSchemas, createRegistry, type Serde } from '../src/index.ts';
import { RegistryClient } from '../src/registry-client.ts';
import { freshPrefix, stackUrls } from './support/broker.ts';
import { quietLogger as logger } from './support/quiet-logger.ts';

const control: Control = {
  kind: 'formula',
  id: 'views',
  version: 1,
  parameters: '{}',
  effectiveFrom: 1,
  author: '',
  reason: '',
};

describe('schemas on a real registry', () => {
  const prefix = freshPrefix();
  let url: string;
  let serde: Serde<Control>;

  beforeAll(async () => {
    url = stackUrls().registryUrl;
    await expect(
      createRegistry({ url, logger }).serde(topics.control, prefix),
    ).rejects.toMatchObject({
      code: 'SCHEMA_MISSING',
    });
    await applySchemas({ url, logger, prefix });
    serde = await createRegistry({ url, logger }).serde<Control>(topics.control, prefix);
  });

  test('registering twice changes nothing', async () => {
    const again = await applySchemas({ url, logger, prefix });
    expect(await applySchemas({ url, logger, prefix })).toEqual(again);
    expect(again.map(({ subject }) => subject)).toContain(subjectOf(topics.views, prefix));
  });

  test('the check finds everything registered and compatible', async () => {
    const checked = await checkSchemas({ url, logger, prefix });
    expect(checked.length).toBeGreaterThan(5);
    expect(checked.filter((s) => !(s.isCompatible && s.isRegistered))).toEqual([]);
  });

  test('a new field without a default is refused, by the check and by the registry', async () => {
    const client = new RegistryClient({ url, logger });
    const subject = subjectOf(topics.control, prefix);
    const schema = JSON.parse(schemaOf(topics.control));
    schema.fields.push({ name: 'required', type: 'string' });
    const report = await client.check(subject, JSON.stringify(schema));
    expect(report.isCompatible).toBe(false);
    await expect(client.register(subject, JSON.stringify(schema))).rejects.toMatchObject({
      code: 'SCHEMA_INCOMPATIBLE',
    });
  });

  test('a later version with a default is accepted and read by the present one', async () => {
    const client = new RegistryClient({ url, logger });
    const schema = JSON.parse(schemaOf(topics.control));
    schema.fields.push({ name: 'note', type: 'string', default: '' });
    const subject = subjectOf(topics.control, prefix);
    const id = await client.register(subject, JSON.stringify(schema));
    const { codecOf } = await import('../src/avro-codec.ts');
    const later = codecOf<Control & { note: string }>(JSON.stringify(schema));
    const bytes = later.encode({ ...control, note: 'new' }, id);
    expect(serde.decode(bytes)).toBeUndefined();
    await serde.resolve(bytes);
    const decoded = serde.decode(bytes);
    expect(decoded?.ok && { ...decoded.value }).toEqual(control);
  });

  test('an id nobody registered is unknown, not an outage', async () => {
    const bytes = Buffer.from(serde.encode(control));
    bytes.writeUInt32BE(0x7fffff00, 1);
    await serde.resolve(bytes);
    expect(serde.decode(bytes)).toMatchObject({ ok: false, reason: 'unknown_schema' });
  });

  test('a registry that is not there is an outage, not a missing schema', async () => {
    const away = createRegistry({ url: 'http://127.0.0.1:9/apis/ccompat/v7', logger });
    await expect(away.serde(topics.control, prefix)).rejects.toMatchObject({
      code: 'REGISTRY_UNAVAILABLE',
      retriable: true,
    });
  });
});
