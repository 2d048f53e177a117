import { expect, it } from 'vitest';
import { proxyFor } from '../../../kube/proxy.ts';

const PROXY = 'http://proxy:3128';
const API = 'https://api.example.com:6443';

it.each([
  [API, { HTTPS_PROXY: PROXY }],
  [API, { https_proxy: PROXY }],
  [API, { HTTPS_PROXY: 'proxy:3128' }],
  [API, { HTTPS_PROXY: PROXY, NO_PROXY: 'example.org,.api.example.com,api.example.com:443' }],
  ['https://10.1.2.3:6443', { HTTPS_PROXY: PROXY, NO_PROXY: '10.2.0.0/16, 10.1.2.30, nonsense/99' }],
  ['https://[2001:db8::1]:6443', { HTTPS_PROXY: PROXY, no_proxy: '2001:db9::/32' }],
])('goes through a proxy to %s with %j', (server, env) => {
  expect(proxyFor(server, env)).toBe(PROXY);
});

it.each([
  [API, {}],
  [API, { HTTP_PROXY: PROXY }],
  [API, { HTTPS_PROXY: PROXY, NO_PROXY: '*' }],
  [API, { HTTPS_PROXY: PROXY, NO_PROXY: 'other, Example.com' }],
  [API, { HTTPS_PROXY: PROXY, NO_PROXY: '.example.com' }],
  [API, { HTTPS_PROXY: PROXY, NO_PROXY: '*.example.com' }],
  [API, { HTTPS_PROXY: PROXY, no_proxy: 'api.example.com:6443' }],
  ['https://10.1.2.3:6443', { HTTPS_PROXY: PROXY, NO_PROXY: '10.1.0.0/16' }],
  ['https://10.1.2.3:6443', { HTTPS_PROXY: PROXY, NO_PROXY: '10.1.2.3' }],
  ['https://[2001:db8::1]:6443', { HTTPS_PROXY: PROXY, NO_PROXY: '2001:db8::/32' }],
  ['https://[2001:db8::1]:6443', { HTTPS_PROXY: PROXY, NO_PROXY: '[2001:db8::1]:6443' }],
  ['https://127.0.0.1:6443', { HTTPS_PROXY: PROXY }],
  ['https://localhost:6443', { HTTPS_PROXY: PROXY }],
  ['https://[::1]:6443', { HTTPS_PROXY: PROXY }],
])('goes straight to %s with %j', (server, env) => {
  expect(proxyFor(server, env)).toBeUndefined();
});
