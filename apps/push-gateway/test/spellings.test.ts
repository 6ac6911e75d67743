import { chainTable } from '@trending/schemas/addresses';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boardOf } from './support/boards.ts';
import { transports } from './support/push-clients.ts';
import { startGateway, type TestGateway } from './support/test-gateway.ts';

const eth = 'eth:0x6982508145454ce325ddbe47a25d4ec3d2311933';
const ton = 'ton:0:ca6e321c7cce9ecedf0a8ca2492ec8592494aa5fb5ce0387dff96ef6af982a3e';
const two = `0x${'2'.padStart(64, '0')}`;
const bch = 'bch:bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a';
const btc = 'btc:bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4';
const ltc = 'ltc:LTC1164j7cAxnbq33kLxoEW48fsyX4yMDy';
const tron = 'tron:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t';
const sol = 'sol:So11111111111111111111111111111111111111112';
const all = [eth, ton, `sui:${two}::sui::SUI`, `aptos:${two}`, bch, btc, ltc, tron, sol];

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
  await gateway.publish(boardOf(all));
  await gateway.publish(boardOf([eth], { scope: 'chain:eth' }));
});
afterAll(() => gateway.stop());

const token = async (address: string, chain?: string) => {
  const query = chain === undefined ? '' : `?chain=${encodeURIComponent(chain)}`;
  return (await gateway.app.inject(`/api/v1/tokens/${encodeURIComponent(address)}${query}`)).json()
    .token;
};
const names = chainTable
  .filter(({ slug }) => slug === 'eth')
  .flatMap(({ slug, aliases }) => [slug, ...aliases]);

describe('whatever may be published may be asked for in the same words', () => {
  it.each(names)('a chain called %s', async (name) => {
    expect(await token(eth.slice(4), name)).toBe(eth);
    expect(await token(eth.slice(4).replaceAll('c', 'C'), name.toUpperCase())).toBe(eth);
    expect(await token(`${name}:${eth.slice(4)}`)).toBe(eth);
    const board = await gateway.app.inject(`/api/v1/tokens/trending?chain=${name}`);
    expect(board.json().board.scope).toBe('chain:eth');
    const scope = await gateway.app.inject(`/api/v1/tokens/trending?scope=chain:${name}`);
    expect(scope.json().board.scope).toBe('chain:eth');
  });

  it.each([
    ['ton', ton, ton.slice(4).toUpperCase()],
    ['toncoin', ton, 'EQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff-W72r5gqPrHF'],
    ['ton', ton, 'EQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff+W72r5gqPrHF'],
    ['ton', ton, 'UQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff-W72r5gqPuwA'],
    ['sui-network', `sui:${two}::sui::SUI`, '0x2::sui::SUI'],
    ['apt', `aptos:${two}`, '0x02'],
    ['bitcoin-cash', bch, '1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu'],
    ['bch', bch, bch.slice(4)],
    ['bch', bch, bch.slice('bch:bitcoincash:'.length).toUpperCase()],
    ['bitcoin', btc, 'BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4'],
    ['litecoin', ltc, ltc.slice(4)],
    ['TRX', tron, tron.slice(5)],
    ['solana', sol, sol.slice(4)],
  ])('an address on %s is %s: %s', async (chain, key, address) => {
    expect(await token(address, chain)).toBe(key);
    expect(await token(`${chain}:${address}`)).toBe(key);
    // Without its prefix a CashAddr looks like no family's address; publishing asks for its chain too.
    if (!address.startsWith('QPM')) expect(await token(address)).toBe(key);
  });

  it('tells an address that nobody has published from a chain', async () => {
    expect((await gateway.app.inject('/api/v1/tokens/0x3::a::B')).json().type).toContain(
      'unknown-token',
    );
    expect((await gateway.app.inject(`/api/v1/tokens/1:${'a'.repeat(64)}`)).statusCode).toBe(404);
  });
});

describe.each(transports)('a subscription over $name', ({ connect }) => {
  it('to a chain by another name is one to that chain, in frames too', async () => {
    const client = await connect(gateway.url);
    const board = { formula: 'trending', window: '1h' };
    client.subscribe({ board: { ...board, scope: 'chain:Ethereum' } });
    expect(await client.next()).toMatchObject({
      type: 'snapshot',
      board: { scope: 'chain:eth' },
      items: [{ token: eth }],
    });
    client.close();
  });
});
