import { kubectl } from './kubectl.ts';

/** What cert-manager takes for the wish to renew a certificate at once; its own `cmctl renew` writes the same. */
const ISSUING = JSON.stringify({
  status: {
    conditions: [{ type: 'Issuing', status: 'True', reason: 'ManuallyTriggered', message: 'nats-mtls' }],
  },
});

/** The command that has cert-manager renew all certificates of a namespace now. */
export const renewLine = (context: string, namespace: string) =>
  `for one in $(${kubectl(context, namespace, 'get certificates -o name')}); do ${kubectl(context, namespace, `patch "$one" --subresource=status --type=merge -p '${ISSUING}'`)}; done`;
