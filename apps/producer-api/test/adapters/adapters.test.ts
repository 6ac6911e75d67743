import { createHash } from 'node:crypto';
import { AppError } from '@trending/runtime';
import { addressCodecs } from '@trending/schemas/addresses';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KeyRing, keysOfEnv } from '../../src/adapters/api-keys.ts';
import { idOfText, namedId, textOfId, timeOrderedId } from '../../src/adapters/event-ids.ts';
import { createTokenLookup } from '../../src/adapters/token-cache.ts';
import { createViewerHashes } from '../../src/adapters/viewer-hashes.ts';
import { pepe } from '../support/producer.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('API keys', () => {
  const ring = (text: string) => new KeyRing(keysOfEnv(text));
  const known = ring(`a:publish:${sha256('one')}, b:publish+admin:${sha256('two')}`);
  const lookup = (presented: string) => known.byBearer(presented)?.caller;
  test('are found by their hash, with name and scopes', () => {
    expect(lookup('two')).toEqual({
      kind: 'key',
      name: 'b',
      scopes: new Set(['publish', 'admin']),
    });
    expect(lookup('three')).toBeUndefined();
    expect(lookup(sha256('one'))).toBeUndefined();
    expect(ring('').byBearer('')).toBeUndefined();
  });
  test.each(['a:publish', `a:fly:${sha256('x')}`, 'a:publish:abc', `A B:publish:${sha256('x')}`])(
    '%s is no entry, and the complaint does not repeat it',
    (entry) => {
      const read = () => keysOfEnv(`ok:publish:${sha256('x')},${entry}`);
      expect(read).toThrow(AppError);
      expect(read).toThrow(/entry 2/);
      expect(read).not.toThrow(entry);
    },
  );
});

test('a key of the environment may have two secrets, with the same scopes', () => {
  const two = new KeyRing(keysOfEnv(`a:publish:${sha256('new')},a:publish:${sha256('old')}`));
  expect(two.byBearer('new')).toBe(two.byBearer('old'));
  expect(two.byName('a')?.secrets).toHaveLength(2);
  const unequal = () => keysOfEnv(`a:publish:${sha256('new')},a:admin:${sha256('old')}`);
  expect(unequal).toThrow('API_KEYS entry 2 has other scopes');
});

describe('event ids', () => {
  test('made here are UUID version 7, unique, and begin with their time', () => {
    const ids = Array.from({ length: 1000 }, (_, i) =>
      textOfId(timeOrderedId(1_741_089_600_000 + i)),
    );
    expect(new Set(ids).size).toBe(1000);
    expect([...ids].sort()).toEqual(ids);
    expect(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]/.test(id))).toBe(true);
    expect(Number.parseInt((ids[5] ?? '').replace('-', '').slice(0, 12), 16)).toBe(
      1_741_089_600_005,
    );
  });
  test('of a name are UUID version 5, the same at every call and apart for every name', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(hex(namedId(a)) === hex(namedId(b))).toBe(a === b);
        expect(textOfId(namedId(a))[14]).toBe('5');
      }),
    );
  });
  test('survive the way to bytes and back', () => {
    fc.assert(
      fc.property(fc.uuid(), (text) => {
        expect(textOfId(idOfText(text.toUpperCase()))).toBe(text);
      }),
    );
  });
});

describe('viewer hashes', () => {
  const hashes = createViewerHashes('secret');
  const day = 86_400_000;
  const at = 20_000 * day;
  test('of addresses change with the UTC day, and never within it', () => {
    const of = (now: number) => hex(hashes.viewerOf('203.0.113.7', 'agent', now));
    expect(of(at)).toBe(of(at + day - 1));
    expect(of(at)).not.toBe(of(at + day));
    expect(of(at)).not.toBe(of(at - 1));
    expect(of(at)).toBe(of(at));
  });
  test('depend on the secret', () => {
    const other = createViewerHashes('another');
    expect(other.viewerOf('ip', 'agent', at)).not.toEqual(hashes.viewerOf('ip', 'agent', at));
    expect(other.opaqueViewer('p', 'v')).not.toEqual(hashes.opaqueViewer('p', 'v'));
  });
  test('of networks are shared by a /24 or /48, also when a publisher names an address', () => {
    expect(hashes.networkOf('2001:db8:1::1', at)).toEqual(
      hashes.networkOf('2001:db8:1:ffff::9', at),
    );
    expect(hashes.opaqueNetwork('p', '203.0.113.7')).toEqual(
      hashes.opaqueNetwork('p', '203.0.113.99'),
    );
    expect(hashes.opaqueNetwork('p', 'net-1')).not.toEqual(hashes.opaqueNetwork('p', 'net-2'));
    expect(hashes.opaqueNetwork('p', 'x')).not.toEqual(hashes.opaqueViewer('p', 'x'));
  });
  test('of a viewer with a network to itself: the viewer as ever, the network of nobody else', () => {
    const names = ['x', 'y', '203.0.113.7', '203.0.113.8', 'a%b', '::1'];
    const visitors = names.map((name) => hashes.opaqueVisitor('p', name));
    expect(visitors.map(({ viewer }) => viewer)).toEqual(
      names.map((name) => hashes.opaqueViewer('p', name)),
    );
    const networks = visitors.map(({ network }) => hex(network));
    expect(networks.every((network) => network.length === 16)).toBe(true);
    const others = names.flatMap((name) => [
      hashes.opaqueNetwork('p', name),
      hashes.opaqueViewer('p', name),
      hashes.opaqueVisitor('q', name).network,
    ]);
    expect(others.filter((other) => networks.includes(hex(other)))).toEqual([]);
    expect(new Set(networks).size).toBe(names.length);
    expect(hex(hashes.opaqueVisitor('p', 'x').network)).toBe(networks[0]);
  });
});

describe('the token cache', () => {
  const lookup = createTokenLookup({
    codecs: addressCodecs,
    defaultChains: new Map([['evm', 'eth']]),
  });
  test('keeps addresses with and without chain apart, and gives the same answers again', () => {
    for (let round = 0; round < 2; round += 1) {
      expect(lookup(pepe, undefined)).toMatchObject({ token: { chain: 'eth' } });
      expect(lookup(pepe, 'bsc')).toMatchObject({ token: { chain: 'bsc' } });
      expect(lookup(`bsc|${pepe}`, undefined)).toMatchObject({ ok: false });
    }
  });
  test('stays right when it has to forget', () => {
    for (let i = 0; i < 45_000; i += 1) lookup(`t${i}`, 'new-chain');
    expect(lookup('t1', 'new-chain')).toMatchObject({ token: { key: 'new-chain:t1' } });
  });
});
