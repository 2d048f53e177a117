import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { kustomizations } from '../../../synth/kustomization.ts';

const FILES = [
  'workloads.k8s.yaml',
  'namespace.k8s.yaml',
  'monitoring/scraping.k8s.yaml',
  'monitoring/alerts.k8s.yaml',
  'clients/shop/egress/network-policy.k8s.yaml',
];

it('gives each folder that has manifests a file that lists those of this folder alone', () => {
  const listed = [...kustomizations(FILES)].map(([path, text]) => [path, parse(text).resources]);
  expect(listed).toEqual([
    ['clients/shop/egress/Kustomization', ['network-policy.k8s.yaml']],
    ['monitoring/Kustomization', ['alerts.k8s.yaml', 'scraping.k8s.yaml']],
    ['Kustomization', ['namespace.k8s.yaml', 'workloads.k8s.yaml']],
  ]);
});

it('names it so that kubectl apply -f does not look at it', () => {
  for (const path of kustomizations(FILES).keys()) expect(path).not.toMatch(/\.(ya?ml|json)$/);
});

it('says the same whatever the order of the files', () => {
  expect(kustomizations(FILES.toReversed())).toEqual(kustomizations(FILES));
});
