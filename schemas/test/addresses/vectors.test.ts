import { describe, expect, test } from 'vitest';
import type { FamilyId } from '../../src/addresses/chain-table.ts';
import { addressCodecs } from '../../src/addresses/codecs.ts';
import { tokenOf } from '../../src/addresses/token-keys.ts';

const defaultChains = new Map<FamilyId, string>([
  ['evm', 'eth'],
  ['solana', 'sol'],
  ['tron', 'tron'],
  ['ton', 'ton'],
  ['bitcoin', 'btc'],
]);
const key = (address: string, chain?: string) => {
  const result = tokenOf(address, chain, { codecs: addressCodecs, defaultChains });
  return result.ok ? result.token.key : result.code;
};

describe('EVM', () => {
  // The test addresses of EIP-55.
  const checksummed = [
    '0x52908400098527886E0F7030069857D2E4169EE7',
    '0x8617E340B3D01FA5F11F306F4090FD50E238070D',
    '0xde709f2102306220921060314715629080e2fb77',
    '0x27b1fdb04752bbc536007a920d24acb045561c26',
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359',
    '0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB',
    '0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb',
  ];
  test.each(checksummed)('%s passes EIP-55 and becomes lower case', (address) => {
    expect(key(address)).toBe(`eth:${address.toLowerCase()}`);
    expect(key(`0x${address.slice(2).toUpperCase()}`)).toBe(`eth:${address.toLowerCase()}`);
  });
  test.each(checksummed.slice(4))(
    '%s with one letter in the other case is a typing mistake',
    (address) => {
      const at = address.search(/[a-fA-F]/);
      const letter = address.charAt(at);
      const flipped = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
      expect(key(address.slice(0, at) + flipped + address.slice(at + 1))).toBe('address-checksum');
    },
  );
  test.each([
    '0x',
    '0x123',
    `0x${'g'.repeat(40)}`,
    `0X${'a'.repeat(40)}`,
    'a'.repeat(40),
    ` 0x${'a'.repeat(40)}`,
  ])('%j is no address on eth', (address) => expect(key(address, 'eth')).toBe('address-invalid'));
});

describe('Bitcoin-like', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    // Genesis coinbase, BIP-16 example, BIP-173 and BIP-350 examples.
    ['btc', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', 'btc:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa'],
    ['btc', '3P14159f73E4gFr7JterCCQh9QjiTjiZrG', 'btc:3P14159f73E4gFr7JterCCQh9QjiTjiZrG'],
    [
      'btc',
      'BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4',
      'btc:bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4',
    ],
    [
      'btc',
      'bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y',
      'btc:bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y',
    ],
    ['btc', 'BC1SW50QGDZ25J', 'btc:bc1sw50qgdz25j'],
    ['btc', 'bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs', 'btc:bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs'],
    [
      'btc',
      'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0',
      'btc:bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0',
    ],
    ['doge', 'DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L', 'doge:DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L'],
  ];
  test.each(cases)('%s %s', (chain, address, expected) => {
    expect(key(address, chain)).toBe(expected);
    expect(key(address)).toBe(expected);
  });
  // Invalid ones of BIP-350, each for its own reason.
  test.each([
    ['bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd', 'address-checksum'],
    ['BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL', 'address-checksum'],
    ['bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh', 'address-checksum'],
    ['bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4', 'address-checksum'],
    ['BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R', 'address-invalid'],
    ['bc1pw5dgrnzv', 'address-invalid'],
    [
      'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav',
      'address-invalid',
    ],
    ['BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P', 'address-invalid'],
    ['bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf', 'address-invalid'],
    ['bc1gmk9yu', 'address-invalid'],
  ])('%s is refused: %s', (address, code) => expect(key(address, 'btc')).toBe(code));
  test('a wrong base58check sum and another chain’s version byte are told apart', () => {
    expect(key('1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb', 'btc')).toBe('address-checksum');
    expect(key('1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', 'ltc')).toBe('address-invalid');
  });
  test('a base58check address that happens to begin with LTC1 is not taken for bech32', () => {
    const address = 'LTC1164j7cAxnbq33kLxoEW48fsyX4yMDy';
    expect(key(address, 'ltc')).toBe(`ltc:${address}`);
    expect(key('LTC1164j7cAxnbq33kLxoEW48fsyX4yMDz', 'ltc')).toBe('address-checksum');
  });
  // The pairs of the CashAddr specification: legacy and new form of one account.
  test.each([
    [
      '1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu',
      'bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a',
    ],
    [
      '1KXrWXciRDZUpQwQmuM1DbwsKDLYAYsVLR',
      'bitcoincash:qr95sy3j9xwd2ap32xkykttr4cvcu7as4y0qverfuy',
    ],
    ['16w1D5WRVKJuZUsSRzdLp9w3YGcgoxDXb', 'bitcoincash:qqq3728yw0y47sqn6l2na30mcw6zm78dzqre909m2r'],
    [
      '3CWFddi6m4ndiGyKqzYvsFYagqDLPVMTzC',
      'bitcoincash:ppm2qsznhks23z7629mms6s4cwef74vcwvn0h829pq',
    ],
    [
      '3LDsS579y7sruadqu11beEJoTjdFiFCdX4',
      'bitcoincash:pr95sy3j9xwd2ap32xkykttr4cvcu7as4yc93ky28e',
    ],
    [
      '31nwvkZwyPdgzjBJZXfDmSWsC4ZLKpYyUw',
      'bitcoincash:pqq3728yw0y47sqn6l2na30mcw6zm78dzq5ucqzc37',
    ],
  ])('bch %s meets %s in one key', (legacy, cash) => {
    expect(key(legacy, 'bch')).toBe(`bch:${cash}`);
    expect(key(cash, 'bch')).toBe(`bch:${cash}`);
    expect(key(cash.slice('bitcoincash:'.length).toUpperCase(), 'bitcoin-cash')).toBe(
      `bch:${cash}`,
    );
    expect(key(cash)).toBe(`bch:${cash}`);
    expect(key(legacy)).toBe(`btc:${legacy}`);
    const last = cash.endsWith('q') ? 'p' : 'q';
    expect(key(cash.slice(0, -1) + last, 'bch')).toBe('address-checksum');
  });
});

describe('Solana', () => {
  test.each([
    'So11111111111111111111111111111111111111112',
    'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v',
    '11111111111111111111111111111111',
    'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA',
  ])('%s keeps its case', (address) => expect(key(address)).toBe(`sol:${address}`));
  test.each([
    ['33 bytes', `1${'So11111111111111111111111111111111111111112'}`],
    ['31 bytes', '1111111111111111111111111111111'],
    ['a letter outside base58', 'So1111111111111111111111111111111111111111O'],
    ['an EVM address', `0x${'a'.repeat(40)}`],
  ])('%s is refused', (_what, address) => expect(key(address, 'sol')).toBe('address-invalid'));
});

describe('Tron', () => {
  const usdt = 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t';
  test('keeps its case and is recognised without a chain', () => {
    expect(key(usdt)).toBe(`tron:${usdt}`);
    expect(key(usdt, 'TRX')).toBe(`tron:${usdt}`);
  });
  test('with a typing mistake fails its checksum, also without a chain', () => {
    expect(key('TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u', 'tron')).toBe('address-checksum');
    expect(key('TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u')).toBe('address-checksum');
  });
  test('does not take a Bitcoin address', () =>
    expect(key('1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', 'tron')).toBe('address-invalid'));
});

describe('TON', () => {
  // One account in the forms of TON's documentation on addresses.
  const raw = '0:ca6e321c7cce9ecedf0a8ca2492ec8592494aa5fb5ce0387dff96ef6af982a3e';
  const forms = [
    raw,
    raw.toUpperCase(),
    'EQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff-W72r5gqPrHF',
    'EQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff+W72r5gqPrHF',
    'UQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff-W72r5gqPuwA',
  ];
  test.each(forms)('%s is the raw address', (form) => {
    expect(key(form)).toBe(`ton:${raw}`);
    expect(key(form, 'toncoin')).toBe(`ton:${raw}`);
  });
  test('of the masterchain has workchain -1', () =>
    expect(key('Ef8zMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzM0vF')).toBe(
      `ton:-1:${'33'.repeat(32)}`,
    ));
  test.each([
    'kQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff-W72r5gqPgpP',
    '0QDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff-W72r5gqPleK',
  ])('%s is of the testnet', (address) => expect(key(address)).toBe('address-invalid'));
  test('with a wrong CRC or an impossible workchain is refused', () => {
    expect(key('EQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff-W72r5gqPrHG')).toBe('address-checksum');
    expect(key(`2147483648:${'a'.repeat(64)}`, 'ton')).toBe('address-invalid');
    expect(key(`-0:${'a'.repeat(64)}`, 'ton')).toBe('address-invalid');
    expect(key(`-1:${'a'.repeat(64)}`, 'ton')).toBe(`ton:-1:${'a'.repeat(64)}`);
  });
});

describe('Sui and Aptos', () => {
  const two = `0x${'2'.padStart(64, '0')}`;
  test.each([
    ['sui', '0x2', `sui:${two}`],
    ['aptos', '0x02', `aptos:${two}`],
    ['sui', '0x2::sui::SUI', `sui:${two}::sui::SUI`],
    ['sui', '0X2', 'address-invalid'],
    [
      'sui',
      '0xABC::m::T<0x2::sui::SUI, u64>',
      `sui:0x${'abc'.padStart(64, '0')}::m::T<${two}::sui::SUI,u64>`,
    ],
    ['sui', '0x5D::cetus::CETUS', `sui:0x${'5d'.padStart(64, '0')}::cetus::CETUS`],
    ['sui', `0x1::a::B<${'0x2::a::B,'.repeat(20)}0x1::a::B>`, 'address-invalid'],
    ['sui', '0x2::sui', 'address-invalid'],
    ['sui', '0x2::sui::SUI<', 'address-invalid'],
    ['sui', '0x2::sui::SUI<0x2>', 'address-invalid'],
    ['aptos', `0x${'1'.repeat(65)}`, 'address-invalid'],
    ['sui', `0x2::a::B${'<0x2::a::B'.repeat(5)}${'>'.repeat(5)}`, 'address-invalid'],
  ])('%s %s → %s', (chain, address, expected) => expect(key(address, chain)).toBe(expected));
  test('share a form, so the chain must be named', () => {
    const result = tokenOf('0x2::sui::SUI', undefined, { codecs: addressCodecs, defaultChains });
    expect(result).toMatchObject({
      ok: false,
      code: 'chain-required',
      detail: expect.stringContaining('sui, aptos'),
    });
  });
  test('follow a configured default', () => {
    const settings = {
      codecs: addressCodecs,
      defaultChains: new Map<FamilyId, string>([['move', 'aptos']]),
    };
    expect(tokenOf('0x2', undefined, settings)).toMatchObject({ token: { key: `aptos:${two}` } });
  });
});

describe('chains', () => {
  const address = `0x${'ab'.repeat(20)}`;
  test.each([
    ['1', 'eth'],
    ['ETHEREUM', 'eth'],
    ['56', 'bsc'],
    ['eip155:8453', 'base'],
    ['matic', 'polygon'],
    ['arbitrum', 'arb'],
    ['some-new-chain', 'some-new-chain'],
  ])('%s is %s', (name, slug) => expect(key(address, name)).toBe(`${slug}:${address}`));
  test.each([
    '',
    ' ',
    'a b',
    'a:b',
    '-a',
    'a|b',
    '__proto__',
    'a'.repeat(33),
    'a'.repeat(65),
    'ä',
    'eth\n',
  ])('%j is no chain', (name) => expect(key(address, name)).toBe('chain-invalid'));
  test('have a coin called native', () => {
    expect(key('native', 'btc')).toBe('btc:native');
    expect(key('NATIVE', '56')).toBe('bsc:native');
    expect(key('native', 'new-chain')).toBe('new-chain:native');
    expect(key('native')).toBe('chain-required');
  });
});

describe('a chain not known yet', () => {
  test.each([
    '__proto__',
    'constructor',
    'ibc/27394FB092D2ECCD56123C74F36E4C1F926001CEADA9CA97EA622B25F41E5EB2',
    'near.token-v2',
    'AbC',
  ])('keeps %s as it is', (address) => expect(key(address, 'cosmos')).toBe(`cosmos:${address}`));
  test('takes hexadecimal EVM forms in lower case, as it will once it is known', () => {
    expect(key(`0x${'AB'.repeat(20)}`, 'newevm')).toBe(`newevm:0x${'ab'.repeat(20)}`);
  });
  test.each(['', ' ', 'a b', 'a|b', 'a%b', 'a\u0000', '<script>', 'ü', 'a'.repeat(129), 'a"b'])(
    'refuses %j',
    (address) => expect(key(address, 'cosmos')).toBe('address-invalid'),
  );
});
