import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../../../model/checks.ts';
import {
  checkAddress,
  checkAddresses,
  hostCidr,
  networksOf,
  sameAddress,
} from '../../../model/rules/check-address.ts';

const at = { owner: 'topology.ts', property: 'here' };
const refused = (problem: string, property = 'here') =>
  new InvalidInput(`topology.ts \`${property}\`: ${problem}.`);
/** What a caller without TypeScript may pass. */
const untyped = <T>(value: unknown) => value as T;

describe('an address', () => {
  const remedy = 'use an IP address such as 203.0.113.7 or a DNS name such as nats.example.com';

  it.each(['1.1.1.1', 'nats.example.com', 'vm-a', '1.example', 'NATS.example'])('may be %s', (address) => {
    expect(checkAddress(at, address, false)).toBe(address);
  });

  it.each(['2001:db8::1', '::ffff:1.2.3.4'])(
    'may be the IPv6 address %s where the platform has IPv6',
    (address) => {
      expect(checkAddress(at, address, true)).toBe(address);
    },
  );

  it('is no IPv6 address where the platform has none', () => {
    expect(() => checkAddress(at, '2001:db8::1', false)).toThrow(
      refused('"2001:db8::1" is an IPv6 address; use IPv4, or set `ipv6: true`'),
    );
  });

  it.each(['0.0.0.0', '::', '0:0:0:0:0:0:0:0'])('is not %s, which nobody can dial', (address) => {
    expect(() => checkAddress(at, address, true)).toThrow(
      refused(`"${address}" is no address that others can dial; ${remedy}`),
    );
  });

  it.each([
    ['', '""'],
    ['1.1.1.256', '"1.1.1.256"'],
    ['1.1.1', '"1.1.1"'],
    ['1.1.1.1:30722', '"1.1.1.1:30722"'],
    ['tls://a.example', '"tls://a.example"'],
    ['a..b', '"a..b"'],
    ['a_b.example', '"a_b.example"'],
    ['-a.example', '"-a.example"'],
    ['a b', '"a b"'],
    ['user@a.example', '"user@a.example"'],
    ['fe80::1%eth0', '"fe80::1%eth0"'],
    [`${'a'.repeat(64)}.example`, `"${'a'.repeat(64)}.example"`],
    [untyped<string>(undefined), 'undefined'],
  ])('is not %j', (address, text) => {
    expect(() => checkAddress(at, address, true)).toThrow(
      refused(`${text} is neither an IP address nor a DNS name; ${remedy}`),
    );
  });
});

describe('several addresses of one broker', () => {
  const check = (address: string, further?: readonly string[], ipv6 = true) =>
    checkAddresses((property) => ({ owner: 'topology.ts', property }), address, further, ipv6);

  it.each<[string, string, readonly string[] | undefined]>([
    ['one alone', '1.1.1.1', undefined],
    ['IPv4, IPv6 and a DNS name', '1.1.1.1', ['2001:db8::1', 'nats.example.com']],
    ['a DNS name first', 'nats.example.com', ['1.1.1.1']],
    ['sixteen', '10.0.0.1', Array.from({ length: 15 }, (_, i) => `10.0.1.${i}`)],
  ])('may be %s', (_, address, further) => {
    expect(check(address, further)).toEqual([address, ...(further ?? [])]);
  });

  it.each([
    ['1.1.1.1', '1.1.1.1'],
    ['nats.example.com', 'NATS.Example.com'],
    ['2001:db8::1', '2001:DB8:0:0::1'],
  ])('are not %s and once more %s', (address, again) => {
    expect(() => check(address, ['b.example', again])).toThrow(
      refused(`"${again}" is listed already, as \`address\`; leave it out`, 'furtherAddresses[1]'),
    );
    expect(() => check('a.example', [address, again])).toThrow(
      refused(
        `"${again}" is listed already, as \`furtherAddresses[0]\`; leave it out`,
        'furtherAddresses[1]',
      ),
    );
  });

  it('are all checked', () => {
    expect(() => check('1.1.1.1', ['1.1.1.2', '2001:db8::1'], false)).toThrow(
      refused('"2001:db8::1" is an IPv6 address; use IPv4, or set `ipv6: true`', 'furtherAddresses[1]'),
    );
  });

  it('are not more than a leaf can try', () => {
    const further = Array.from({ length: 16 }, (_, i) => `10.0.1.${i}`);
    expect(() => check('10.0.0.1', further)).toThrow(
      refused(
        'has 16 addresses, which leaves would try one after the other; list at most 15',
        'furtherAddresses',
      ),
    );
  });

  it('are not one string', () => {
    expect(() => check('1.1.1.1', untyped('1.1.1.2'))).toThrow(
      refused(`"1.1.1.2" is not a list; use for example ['nats.example.com']`, 'furtherAddresses'),
    );
  });

  it('are held to their networks only while none of them is a name', () => {
    expect(networksOf(['1.1.1.1', '2001:db8::1'])).toEqual(['1.1.1.1/32', '2001:db8::1/128']);
    expect(networksOf(['1.1.1.1', 'nats.example.com'])).toBe('anywhere');
  });
});

it.each([
  ['1.1.1.1', '1.1.1.1/32'],
  ['2001:db8::1', '2001:db8::1/128'],
])('the network of %s alone is %s', (address, cidr) => {
  expect(hostCidr(address)).toBe(cidr);
});

it.each([
  ['1.1.1.1', '1.1.1.2', false],
  ['2001:db8::1', '2001:0DB8::0:1', true],
  ['a.example', 'A.example', true],
])('%s and %s are the same address: %s', (a, b, same) => {
  expect(sameAddress(a, b)).toBe(same);
});
