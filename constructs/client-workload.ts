import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import {
  checkCommand,
  checkImage,
  checkName,
  checkResources,
  checkSubject,
  checkWorkloadName,
} from '../model/checks.ts';
import { AUTH_SECRET, certificateName, DEFAULT_USER, passwordName } from '../model/names.ts';
import type { Resources } from '../model/topology.ts';
import type { LinkerdNamespace } from './linkerd-namespace.ts';
import type { Permissions } from './nats-accounts.ts';
import { CLIENTS, type NatsServer } from './nats-server.ts';
import { WorkloadNetworkPolicy } from './network-policy.ts';
import { passwordOf } from './password.ts';
import { RequiredSecret, tlsSecret } from './required-secret.ts';
import {
  appLabel,
  container,
  emptyVolume,
  podTemplate,
  readOnly,
  resourceRequirements,
  secretVolume,
  serviceAccount,
} from './workload.ts';

/** Has the `nats` CLI, a shell and a user other than root. Pinned, because the CLI's flags drift. */
const NATS_BOX = 'natsio/nats-box:0.19.7-nonroot';

const RESOURCES: Resources = {
  requests: { cpu: '50m', memory: '64Mi' },
  limits: { cpu: '200m', memory: '256Mi' },
};

const AUTH = '/etc/nats-auth';
const TLS = '/etc/nats-tls';

/**
 * The beginning of both demonstrations. `nats` reads the password from its environment, so that is set for this one
 * process from the mounted file; when a mounted file changes, `nats` has to be started again to use it.
 */
const PRELUDE = `
fingerprint() { cat ${AUTH}/* ${TLS}/* 2>/dev/null | sha256sum; }
sign_in() {
  used=$(fingerprint)
  NATS_USER=$(cat "$NATS_USER_FILE") NATS_PASSWORD=$(cat "$NATS_PASSWORD_FILE")
  export NATS_USER NATS_PASSWORD
}
usable() { kill -0 "$nats" 2>/dev/null && [ "$(fingerprint)" = "$used" ]; }
pause() { sleep 1 & wait $!; }
stop() {
  for _ in 1 2 3; do kill -0 "$nats" 2>/dev/null && pause; done
  kill "$nats" 2>/dev/null
  wait "$nats"
}
nats=
trap 'kill $nats 2>/dev/null; exit 0' TERM INT
`.trim();

/** What a publisher and a subscriber say alike. */
export interface ClientWorkloadProps extends Permissions {
  /** The server that it talks to, and whose namespace it runs in. */
  readonly server: NatsServer;
  /** Name of the Deployment, its `app` label and its service account. */
  readonly name?: string;
  /** The subject that it is there for. */
  readonly subject: string;
  /** NATS user name, unique on its server. @default 'natsuser' */
  readonly user?: string;
  /** Container image of an application. @default - nats-box with a demonstration */
  readonly image?: string;
  /** Command of that image. @default - the image's own entry point */
  readonly command?: readonly string[];
  /**
   * Whether user and password are also in the environment, as `NATS_USER` and `NATS_PASSWORD`, for an application
   * that cannot read files. They do not follow a rotation there.
   * @default false
   */
  readonly passwordInEnvironment?: boolean;
  /** @default - 50m / 64Mi requested, 200m / 256Mi at most */
  readonly resources?: Resources;
}

export interface ClientRole {
  readonly owner: 'Publisher' | 'Subscriber';
  readonly defaultName: string;
  /** What the demonstration does after signing in, as a shell script. */
  readonly demonstration: string;
}

/**
 * A Deployment that is a client of a NATS server: an identity in the mesh, a NATS user, and where the server asks
 * for one a client certificate. Its environment has `NATS_URL`, `NATS_CERT`, `NATS_KEY` and `NATS_CA`, which NATS
 * clients read, and `NATS_USER_FILE` and `NATS_PASSWORD_FILE`, which name the files to sign in with.
 */
export abstract class ClientWorkload extends Construct {
  /** Name of the Deployment, its `app` label and its service account. */
  readonly name: string;
  /** NATS user name. */
  readonly user: string;
  readonly namespace: LinkerdNamespace;

  protected constructor(scope: Construct, id: string, props: ClientWorkloadProps, role: ClientRole) {
    super(scope, id);
    const { server } = props;
    const { owner } = role;
    this.namespace = server.namespace;
    const namespace = server.namespace.name;
    this.name = checkWorkloadName({ owner, property: 'name' }, props.name ?? role.defaultName);
    this.user = checkName({ owner, property: 'user' }, props.user ?? DEFAULT_USER);
    const wildcards = owner === 'Subscriber' ? 'allowed' : 'refused';
    const subject = checkSubject({ owner, property: 'subject' }, props.subject, wildcards);
    const image = checkImage({ owner, property: 'image' }, props.image ?? NATS_BOX);

    const authSecret = this.user === DEFAULT_USER ? AUTH_SECRET : `${AUTH_SECRET}-${this.user}`;
    new RequiredSecret(this, 'auth-secret', {
      name: authSecret,
      namespace,
      purpose: `user name and password of ${this.name}`,
      keys: {
        username: () => this.user,
        password: (credentials) => passwordOf(credentials, passwordName(server.cluster, this.user)),
      },
    });
    const volumes = [secretVolume('auth', authSecret), emptyVolume('tmp', '16Mi')];
    const mounts = [readOnly('auth', AUTH), { name: 'tmp', mountPath: '/tmp' }];
    const env: k8s.EnvVar[] = [
      // The `nats` CLI does not start unless it finds a folder for its settings, and the image's own is read-only.
      { name: 'XDG_CONFIG_HOME', value: '/tmp' },
      { name: 'NATS_URL', value: server.clientUrl },
      { name: 'NATS_SUBJECT', value: escaped(subject) },
      { name: 'NATS_USER_FILE', value: `${AUTH}/username` },
      { name: 'NATS_PASSWORD_FILE', value: `${AUTH}/password` },
    ];
    if (props.passwordInEnvironment) {
      env.push(
        fromSecret('NATS_USER', authSecret, 'username'),
        fromSecret('NATS_PASSWORD', authSecret, 'password'),
      );
    }
    if (server.clientTls) {
      const name = `${this.name}-tls`;
      const certificate = certificateName(server.cluster, this.name);
      tlsSecret(this, { name, namespace, certificate, purpose: `client certificate of ${this.name}` });
      volumes.push(secretVolume('tls', name));
      mounts.push(readOnly('tls', TLS));
      env.push(
        { name: 'NATS_CERT', value: `${TLS}/tls.crt` },
        { name: 'NATS_KEY', value: `${TLS}/tls.key` },
        { name: 'NATS_CA', value: `${TLS}/ca.crt` },
      );
    }

    serviceAccount(this, this.name, namespace);
    new k8s.KubeDeployment(this, 'deployment', {
      metadata: { name: this.name, namespace, labels: appLabel(this.name) },
      spec: {
        replicas: 1,
        // Two at once during a rollout would publish, or log, everything twice.
        strategy: { type: 'Recreate' },
        selector: { matchLabels: appLabel(this.name) },
        template: podTemplate({
          app: this.name,
          terminationGracePeriodSeconds: 10,
          volumes,
          containers: [
            container({
              name: this.name,
              image,
              command: props.image
                ? props.command && checkCommand({ owner, property: 'command' }, props.command).map(escaped)
                : ['sh', '-c', `${PRELUDE}\n${role.demonstration.trim()}`],
              workingDir: '/tmp',
              env,
              volumeMounts: mounts,
              resources: resourceRequirements(
                checkResources({ owner, property: 'resources' }, props.resources ?? RESOURCES),
              ),
            }),
          ],
        }),
      },
    });
    const own = owner === 'Publisher' ? 'publish' : 'subscribe';
    server.allow(this, {
      publish: props.publish ?? [],
      subscribe: props.subscribe ?? [],
      [own]: [subject, ...(props[own] ?? [])],
    });
    new WorkloadNetworkPolicy(this, this.name, server.namespace).allowToPods(server.name, CLIENTS.port);
    this.node.addDependency(server.namespace);
  }
}

const fromSecret = (name: string, secret: string, key: string): k8s.EnvVar => ({
  name,
  valueFrom: { secretKeyRef: { name: secret, key } },
});

/** Kubernetes expands `$(NAME)` in commands and environments, and reads `$$` as one `$`. */
const escaped = (text: string) => text.replaceAll('$', '$$$$');
