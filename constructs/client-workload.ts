import { Construct } from 'constructs';
import {
  checkCommand,
  checkImage,
  checkName,
  checkResources,
  checkSubject,
  checkWorkloadName,
} from '../model/checks.ts';
import { CLIENT_RESOURCES } from '../model/defaults.ts';
import { DEFAULT_USER, inboxPrefix } from '../model/names.ts';
import type { PodOptions } from '../model/pod-options.ts';
import { checkPods } from '../model/rules/check-pods.ts';
import type { Resources } from '../model/topology.ts';
import { clientAccess } from './kubernetes/client-access.ts';
import * as k8s from './kubernetes/k8s.ts';
import { resourceRequirements } from './kubernetes/resources.ts';
import {
  appLabel,
  container,
  emptyVolume,
  labels,
  podTemplate,
  serviceAccount,
} from './kubernetes/workload.ts';
import type { LinkerdNamespace } from './linkerd-namespace.ts';
import { WorkloadNetworkPolicy } from './mesh/network-policy.ts';
import type { Permissions } from './nats/accounts.ts';
import { replies } from './nats/jetstream-api.ts';
import type { NatsServer } from './nats-server.ts';
import { clientScript, type ScriptName } from './scripts/read-script.ts';

/** What a publisher and a subscriber have in common. */
export interface ClientWorkloadProps extends Permissions {
  /** The server that it connects to. It runs in the namespace of that server. */
  readonly server: NatsServer;
  /** Name of the Deployment, its `app` label and its service account. */
  readonly name?: string;
  /** NATS user name, unique on its server. @default 'natsuser' */
  readonly user?: string;
  /** Container image of an application. @default - nats-box with a demonstration */
  readonly image?: string;
  /** Command of that image. @default - the image's own entry point */
  readonly command?: readonly string[];
  /**
   * Whether the environment holds `NATS_USER` and `NATS_PASSWORD` too, for an application that cannot read files.
   * Values there do not change when a password rotates.
   * @default false
   */
  readonly passwordInEnvironment?: boolean;
  /** Resources of the container. @default - 50m / 64Mi requested, 200m / 256Mi at most */
  readonly resources?: Resources;
  /** Where its pod runs, its labels, and the resources of its proxy. @default - any node */
  readonly pods?: PodOptions;
}

/** What makes a client a publisher, a subscriber, or the controller of the streams. */
export interface ClientRole {
  readonly owner: 'Publisher' | 'Subscriber' | 'NatsStreams';
  readonly defaultName: string;
  /** The subject that it is there for. @default - none */
  readonly subject?: string;
  /** What it does without an `image` of its own. */
  readonly script: ScriptName;
  /** Subjects of JetStream's API that it sends requests to. @default - it asks nothing of JetStream */
  readonly api?: readonly string[];
  /** Inboxes beside its own, to which others answer. @default - none */
  readonly inboxes?: readonly string[];
  /** @default - none */
  readonly env?: k8s.EnvVar[];
  /** A further volume with its mount. @default - none */
  readonly files?: { readonly volume: k8s.Volume; readonly mount: k8s.VolumeMount };
  /** A command that says whether it is ready. @default - it is ready when it runs */
  readonly ready?: string[];
}

/**
 * A Deployment that is a client of a NATS server. It has an identity in the mesh, a NATS user, and a client certificate
 * if the server requires one. Its environment holds `NATS_URL`, `NATS_CERT`, `NATS_KEY` and `NATS_CA`, which NATS clients
 * read, and `NATS_USER_FILE` and `NATS_PASSWORD_FILE`, the paths of two files. With a stream it also holds
 * `NATS_INBOX_PREFIX`, the only prefix under which replies reach it; a subscriber gets `NATS_STREAM` and `NATS_CONSUMER`.
 */
export abstract class ClientWorkload extends Construct {
  /** Name of the Deployment, its `app` label and its service account. */
  readonly name: string;
  /** NATS user name. */
  readonly user: string;
  readonly namespace: LinkerdNamespace;
  readonly deployment: k8s.KubeDeployment;
  readonly serviceAccount: k8s.KubeServiceAccount;

  protected constructor(scope: Construct, id: string, props: ClientWorkloadProps, role: ClientRole) {
    super(scope, id);
    const { server } = props;
    const { owner } = role;
    this.namespace = server.namespace;
    const namespace = server.namespace.name;
    this.name = checkWorkloadName({ owner, property: 'name' }, props.name ?? role.defaultName);
    this.user = checkName({ owner, property: 'user' }, props.user ?? DEFAULT_USER);
    const wildcards = owner === 'Subscriber' ? 'allowed' : 'refused';
    if (role.subject !== undefined) checkSubject({ owner, property: 'subject' }, role.subject, wildcards);
    const image = checkImage({ owner, property: 'image' }, props.image ?? server.images.natsBox);

    const access = clientAccess(this, {
      server,
      name: this.name,
      user: this.user,
      passwordInEnvironment: props.passwordInEnvironment ?? false,
    });
    const volumes = [...access.volumes, emptyVolume('tmp', '16Mi')];
    const mounts = [...access.mounts, { name: 'tmp', mountPath: '/tmp' }];
    if (role.files) {
      volumes.push(role.files.volume);
      mounts.push(role.files.mount);
    }
    const env: k8s.EnvVar[] = [
      // The `nats` CLI does not start unless it finds a folder for its settings, and the image's own is read-only.
      ...(props.image ? [] : [{ name: 'XDG_CONFIG_HOME', value: '/tmp' }]),
      ...(role.subject === undefined ? [] : [{ name: 'NATS_SUBJECT', value: escaped(role.subject) }]),
      ...(role.api ? [{ name: 'NATS_INBOX_PREFIX', value: inboxPrefix(this.user) }] : []),
      ...(role.env ?? []),
      ...access.env,
    ];

    this.serviceAccount = serviceAccount(this, this.name, namespace);
    this.deployment = new k8s.KubeDeployment(this, 'deployment', {
      metadata: { name: this.name, namespace, labels: labels(this.name, owner) },
      spec: {
        replicas: 1,
        // Two at once during a rollout would publish, or log, everything twice.
        strategy: { type: 'Recreate' },
        selector: { matchLabels: appLabel(this.name) },
        template: podTemplate({
          app: this.name,
          owner,
          options: checkPods((property) => ({ owner, property: `pods.${property}` }), props.pods),
          accessPolicy: this.namespace.accessPolicy,
          images: server.images,
          terminationGracePeriodSeconds: 10,
          volumes,
          containers: [
            container({
              name: this.name,
              image,
              command: props.image
                ? props.command && checkCommand({ owner, property: 'command' }, props.command).map(escaped)
                : ['sh', '-c', clientScript(role.script)],
              // An application's entry point may be relative to the image's own working directory.
              ...(props.image ? {} : { workingDir: '/tmp' }),
              env,
              volumeMounts: mounts,
              readinessProbe: role.ready && { exec: { command: role.ready }, periodSeconds: 5 },
              resources: resourceRequirements(
                checkResources({ owner, property: 'resources' }, props.resources ?? CLIENT_RESOURCES),
              ),
            }),
          ],
        }),
      },
    });
    const own = role.subject === undefined ? [] : [role.subject];
    server.allow(
      this,
      {
        publish: [...(owner === 'Publisher' ? own : []), ...(props.publish ?? [])],
        // What a durable consumer reads does not come by its subject.
        subscribe: [...(owner === 'Subscriber' && !role.api ? own : []), ...(props.subscribe ?? [])],
      },
      role.api && { publish: role.api, subscribe: [replies(this.user), ...(role.inboxes ?? [])] },
    );
    new WorkloadNetworkPolicy(this, this.name, server.namespace).allowToPods(server.name);
    this.node.addDependency(server.namespace);
  }
}

/** Kubernetes expands `$(NAME)` in commands and environments, and reads `$$` as one `$`. */
const escaped = (text: string) => text.replaceAll('$', '$$$$');
