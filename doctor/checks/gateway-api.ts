import { ok, type Verdict, warning } from '../finding.ts';
import type { Target } from '../target.ts';

const KINDS = ['HTTPRoute', 'GRPCRoute'];

/** Whether the definitions are there that Linkerd has not brought itself since 2.19 (linkerd/linkerd2#14523). */
export async function gatewayApi({ kube }: Target): Promise<Verdict[]> {
  const known = await Promise.all(KINDS.map((kind) => kube.knows('gateway.networking.k8s.io/v1', kind)));
  const missing = KINDS.filter((_, i) => !known[i]);
  if (missing.length === 0) return [ok('the Gateway API is there')];
  return [
    warning(
      `the Gateway API has no ${missing.join(' and no ')}`,
      'NATS does not need it, but linkerd check fails without it and linkerd upgrade refuses',
      'install its definitions as https://gateway-api.sigs.k8s.io/guides/ says',
    ),
  ];
}
