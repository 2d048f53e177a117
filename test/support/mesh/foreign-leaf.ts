/** A nats-server of somebody else's on a real cluster, which tries to be a leaf with what it has stolen. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { natsConfig } from '../../../constructs/nats/write-conf.ts';
import { NATS_SERVER } from '../../../model/images.ts';
import { kubectl, sh } from './world.ts';

export interface Attempt {
  /** Host and port that it dials. */
  readonly at: string;
  readonly password?: string;
  /** File name of the certificate that it shows. @default - none */
  readonly certificate?: string;
}

/** Makes a pod with a folder of stolen files in a namespace of its own, with a proxy or without one. */
export function makeForeignPod(
  context: string,
  name: string,
  inject: 'enabled' | 'disabled',
  issued: string,
) {
  const pod = `
apiVersion: v1
kind: Namespace
metadata: { name: ${name}, annotations: { linkerd.io/inject: ${inject} } }
---
apiVersion: v1
kind: Pod
metadata: { name: attacker, namespace: ${name}, labels: { app: nats-leaf } }
spec:
  terminationGracePeriodSeconds: 1
  volumes: [{ name: stolen, secret: { secretName: stolen, optional: true } }]
  containers:
    - name: attacker
      image: ${NATS_SERVER}
      command: [sleep, "3600"]
      volumeMounts: [{ name: stolen, mountPath: /stolen }]
`;
  sh(`kubectl --context ${context} create namespace ${name}
kubectl --context ${context} -n ${name} create secret generic stolen --from-file=${issued}
kubectl --context ${context} apply -f - <<'Y'\n${pod}\nY
kubectl --context ${context} -n ${name} wait pod/attacker --for=condition=Ready --timeout=120s`);
}

/** Tries for some seconds. @returns how many brokers have taken it for a leaf */
export function leafLinks(context: string, namespace: string, issued: string, attempt: Attempt): number {
  const passwords = JSON.parse(readFileSync(join(issued, 'passwords.json'), 'utf8')) as Record<
    string,
    string
  >;
  const { at, password = passwords['vm-a/leaf-vm-b'], certificate } = attempt;
  const file = (end: string) => certificate && `/stolen/${certificate}.${end}`;
  const config = natsConfig({
    server_name: 'foreign',
    port: 4222,
    http: '127.0.0.1:8222',
    leafnodes: {
      reconnect: '1s',
      remotes: [
        {
          urls: [`tls://leaf-vm-b:${password}@${at}`],
          ignore_discovered_servers: true,
          tls: {
            ...{ ca_file: '/stolen/nats-ca.crt', cert_file: file('crt'), key_file: file('key') },
            handshake_first: true,
          },
        },
      ],
    },
  });
  const script = `cat >/tmp/nats.conf <<'C'\n${config}\nC
nats-server -c /tmp/nats.conf >/tmp/log 2>&1 & sleep 6; wget -qO- http://127.0.0.1:8222/leafz; kill $!; wait $! || true`;
  const said = kubectl(
    context,
    '-n',
    namespace,
    'exec',
    'attacker',
    '-c',
    'attacker',
    '--',
    'sh',
    '-c',
    script,
  );
  return (JSON.parse(said) as { leafnodes: number }).leafnodes;
}
