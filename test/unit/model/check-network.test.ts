import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../../../model/checks.ts';
import { checkCidr, checkNetworks, checkScraper } from '../../../model/rules/check-network.ts';
import type { Scraper } from '../../../model/scraper.ts';

const at = { owner: 'topology.ts', property: 'here' };
const refused = (problem: string, property = 'here') =>
  new InvalidInput(`topology.ts \`${property}\`: ${problem}.`);
/** What a caller without TypeScript may pass. */
const untyped = <T>(value: unknown) => value as T;

describe('a network', () => {
  it.each([
    '203.0.113.7/32',
    '203.0.113.0/24',
    '128.0.0.0/1',
    '2001:db8::/32',
    '2001:db8::1/128',
    '::ffff:0:0/96',
  ])('may be %s', (cidr) => {
    expect(checkCidr(at, cidr, true)).toBe(cidr);
  });

  it.each([
    '',
    '203.0.113.7',
    '203.0.113.0/33',
    '203.0.113.0/024',
    '203.0.113.0/',
    '1.2.3/24',
    'a/8',
    '1.2.3.4/8/8',
    '2001:db8::/129',
    'fe80::%eth0/64',
  ])('is not %j', (cidr) => {
    expect(() => checkCidr(at, cidr, true)).toThrow(
      refused(`"${cidr}" is not a network in CIDR notation; use for example 203.0.113.7/32`),
    );
  });

  it.each([
    ['203.0.113.7/24', '203.0.113.7/32'],
    ['203.0.113.129/31', '203.0.113.129/32'],
    ['128.0.0.1/1', '128.0.0.1/32'],
    ['2001:db8::1/64', '2001:db8::1/128'],
    ['::1:0:0/64', '::1:0:0/128'],
  ])('has no host bits as in %s', (cidr, alone) => {
    expect(() => checkCidr(at, cidr, true)).toThrow(
      refused(`"${cidr}" has host bits set; clear them, or use ${alone} for that one address`),
    );
  });

  it.each(['0.0.0.0/0', '::/0', '1.2.3.4/0'])('is not %s, which has a word of its own', (cidr) => {
    expect(() => checkCidr(at, cidr, true)).toThrow(
      refused(`"${cidr}" is every address; write 'anywhere' if that is meant`),
    );
  });

  it('is no IPv6 network where the platform has none', () => {
    expect(() => checkCidr(at, '2001:db8::/32', false)).toThrow(
      refused('"2001:db8::/32" is an IPv6 network; use IPv4, or set `ipv6: true`'),
    );
  });
});

describe('where somebody dials from', () => {
  it.each([['anywhere' as const], [['203.0.113.7/32', '198.51.100.0/24']]])('may be %j', (networks) => {
    expect(checkNetworks(at, networks, 'vm-b', false)).toEqual(networks);
  });

  it.each([[undefined], [[]]])('has to be said: %j is no answer', (networks) => {
    expect(() => checkNetworks(at, networks, 'vm-b', false)).toThrow(
      refused("nothing says where vm-b dials from; list its CIDRs, or write 'anywhere'"),
    );
  });

  it.each([
    [['0.0.0.0/1', '128.0.0.0/1']],
    [['192.0.0.0/2', '0.0.0.0/2', '64.0.0.0/2', '128.0.0.0/2', '2001:db8::/32']],
    [['128.0.0.0/1', '128.0.0.0/2', '0.0.0.0/1']],
    [['203.0.113.7/32', '::/1', '8000::/1']],
  ])('is not everywhere in pieces: %j', (networks) => {
    expect(() => checkNetworks(at, networks, 'vm-b', true)).toThrow(
      refused(`${JSON.stringify(networks)} is every address together; write 'anywhere' if that is meant`),
    );
  });

  it.each([
    [['0.0.0.0/1', '128.0.0.0/2', '192.0.0.0/3']],
    [['0.0.0.0/1', '8000::/1']],
    [['128.0.0.0/1', '::/1']],
  ])('may be as much as %j', (networks) => {
    expect(checkNetworks(at, networks, 'vm-b', true)).toEqual(networks);
  });

  it('is not one string', () => {
    expect(() => checkNetworks(at, untyped('203.0.113.7/32'), 'vm-b', false)).toThrow(
      refused(`"203.0.113.7/32" is not a list of CIDRs; use for example ['203.0.113.7/32']`),
    );
  });

  it('has no bad network in it', () => {
    expect(() => checkNetworks(at, ['203.0.113.7/32', '10.0.0.1/8'], 'vm-b', false)).toThrow(
      refused('"10.0.0.1/8" has host bits set; clear them, or use 10.0.0.1/32 for that one address'),
    );
  });
});

describe('a scraper', () => {
  it.each<[Scraper | undefined]>([
    [undefined],
    [{ serviceAccount: 'kube-prometheus.stack', namespace: 'monitoring' }],
    [{ networks: ['203.0.113.7/32'] }],
    [{ networks: 'anywhere' }],
  ])('may be %j', (scraper) => {
    expect(checkScraper(at, scraper, false)).toBe(scraper);
  });

  it.each<[unknown, string, string]>([
    [
      { serviceAccount: 'Prometheus!', namespace: 'm' },
      'here.serviceAccount',
      '"Prometheus!" is not a DNS name; use for example prometheus',
    ],
    [
      { serviceAccount: 'prometheus' },
      'here.namespace',
      'undefined is not a DNS name; use for example prometheus',
    ],
    [
      { serviceacount: 'prometheus', namespace: 'm' },
      'here.serviceAccount',
      'undefined is not a DNS name; use for example prometheus',
    ],
    [
      { networks: [] },
      'here.networks',
      "nothing says where the scraper dials from; list its CIDRs, or write 'anywhere'",
    ],
    [
      { networks: ['0.0.0.0/0'] },
      'here.networks',
      `"0.0.0.0/0" is every address; write 'anywhere' if that is meant`,
    ],
  ])('is not %j', (scraper, property, problem) => {
    expect(() => checkScraper(at, untyped(scraper), false)).toThrow(refused(problem, property));
  });
});
