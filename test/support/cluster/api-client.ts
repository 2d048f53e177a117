import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import type { Access } from './kubeconfig.ts';

/** An object as the API gives it and takes it. */
export interface ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly generation?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly object[];
  };
  readonly [field: string]: unknown;
}

/** The Kubernetes API as the harness writes to it in the place of kubelet and controllers: one call, one request. */
export class ApiClient {
  private readonly agent = new Agent({ keepAlive: true });

  constructor(private readonly access: Access) {}

  /** Creates or changes what the object says, by server-side apply. Gives the whole object. */
  async apply(object: ApiObject): Promise<ApiObject> {
    const whole = await this.send('PATCH', `${pathOf(object)}?${OWNED}`, object);
    if (!whole) throw new Error(`The namespace of ${object.kind} \`${object.metadata.name}\` is not there.`);
    return whole;
  }

  /** Says how an object is. Nothing happens where a test has deleted it. */
  async applyStatus({ apiVersion, kind, metadata: { name, namespace } }: ApiObject, status: object) {
    const object = { apiVersion, kind, metadata: { name, namespace }, status };
    await this.send('PATCH', `${pathOf(object)}/status?${OWNED}`, object);
  }

  /** The object as it is, or undefined. */
  get(object: ApiObject): Promise<ApiObject | undefined> {
    return this.send('GET', pathOf(object));
  }

  /** Removes a Pod at once, as a kubelet does when its containers have ended. */
  async remove(object: ApiObject) {
    await this.send('DELETE', `${pathOf(object)}?gracePeriodSeconds=0`);
  }

  stop() {
    this.agent.destroy();
  }

  private async send(method: string, path: string, body?: object): Promise<ApiObject | undefined> {
    const { server, certificate, token } = this.access;
    const call = request(`${server}${path}`, {
      method,
      agent: this.agent,
      ca: readFileSync(certificate),
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/apply-patch+yaml' },
    });
    const answer = new Promise<ApiObject | undefined>((resolve, reject) => {
      call.on('error', reject).on('response', (response) => {
        const { statusCode = 0 } = response;
        text(response).then((answered) => {
          if (statusCode < 300) resolve(JSON.parse(answered));
          else if (statusCode === 404) resolve(undefined);
          else reject(new Error(`${method} ${path} was answered by ${statusCode}: ${answered}`));
        }, reject);
      });
    });
    call.end(body && JSON.stringify(body));
    return answer;
  }
}

const OWNED = 'fieldManager=harness&force=true';

/** Where the API keeps an object; the plurals of all kinds that the harness writes are regular. */
function pathOf({ apiVersion, kind, metadata: { name, namespace } }: ApiObject): string {
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const scope = namespace ? `/namespaces/${namespace}` : '';
  return `${group}${scope}/${kind.toLowerCase()}s/${name}`;
}
