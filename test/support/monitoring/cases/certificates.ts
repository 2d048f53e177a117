import { hub, mirror } from '../clusters.ts';
import { ALWAYS, certificate, DAY, issuer, proxy, turns } from '../series.ts';
import type { Case } from './case.ts';

const nats = certificate(hub, 'nats', 'vm-a.nats-broker');
const anchor = certificate(hub, 'anchor', 'ca');

export const certificates: readonly Case[] = [
  {
    title: 'fires two months before a certificate ends',
    alert: 'NatsMtlsCertificateEndsSoon',
    series: { [nats]: `${59 * DAY}${ALWAYS}` },
    at: [2],
    firing: ['vm-a NatsMtlsCertificateEndsSoon'],
  },
  {
    title: 'fires half a year before a root ends',
    alert: 'NatsMtlsCertificateEndsSoon',
    series: { [anchor]: `${179 * DAY}${ALWAYS}` },
    at: [2],
    firing: ['vm-a NatsMtlsCertificateEndsSoon'],
  },
  {
    title: 'is silent before that, and once the certificate is renewed',
    alert: 'NatsMtlsCertificateEndsSoon',
    series: { [nats]: turns(3 * DAY, 365 * DAY), [anchor]: `${182 * DAY}${ALWAYS}` },
    at: [62],
    firing: [],
  },
  {
    title: 'fires two weeks before a certificate ends, and when it has ended',
    alert: 'NatsMtlsCertificateEndsVerySoon',
    series: { [nats]: `${13 * DAY}${ALWAYS}`, [certificate(mirror, 'issuer', 'vm-b-issuer')]: `60${ALWAYS}` },
    at: [90],
    firing: [
      'vm-a NatsMtlsCertificateEndsSoon',
      'vm-a NatsMtlsCertificateEndsVerySoon',
      'vm-b NatsMtlsCertificateEndsSoon',
      'vm-b NatsMtlsCertificateEndsVerySoon',
    ],
  },
  {
    title: 'is silent while there is more time',
    alert: 'NatsMtlsCertificateEndsVerySoon',
    series: { [nats]: `${16 * DAY}${ALWAYS}` },
    at: [2],
    firing: ['vm-a NatsMtlsCertificateEndsSoon'],
  },
  {
    title: 'fires when the identity controller uses an issuer that ends, whatever was minted',
    alert: 'LinkerdIssuerEndsSoon',
    series: { [issuer(mirror)]: turns(300 * DAY, 13 * DAY) },
    at: [80],
    firing: ['vm-b LinkerdIssuerEndsSoon'],
  },
  {
    title: 'is silent while the issuer lasts, under whatever cluster it is scraped',
    alert: 'LinkerdIssuerEndsSoon',
    series: { 'issuer_cert_ttl_seconds{cluster="elsewhere"}': `60${ALWAYS}` },
    at: [80],
    firing: [],
  },
  {
    title: 'fires when the proxy has less time left than it ever has while it renews',
    alert: 'LinkerdProxyCertificateNotRenewed',
    series: { [proxy(mirror, 0)]: `${5 * 3600}${ALWAYS}` },
    at: [70],
    firing: ['vm-b LinkerdProxyCertificateNotRenewed'],
  },
  {
    title: 'is silent when the certificate is renewed, and while the first one is waited for',
    alert: 'LinkerdProxyCertificateNotRenewed',
    series: { [proxy(mirror, 0)]: turns(5 * 3600, DAY), [proxy(hub, 0)]: `0${ALWAYS}` },
    at: [50, 70, 120],
    firing: [],
  },
];
