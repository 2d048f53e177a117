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
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** The Kubernetes API as the harness writes to it in the place of kubelet and controllers: one call, one request. */
export class ApiClient {
  private readonly agent = new Agent({ keepAlive: true });

  constructor(private readonly access: Access) {}

  /** Creates or changes what the object says, by server-side apply. Gives the whole object. */
  apply(object: ApiObject, subresource = ''): Promise<ApiObject> {
    const query = 'fieldManager=harness&force=true';
    return this.send('PATCH', `${pathOf(object)}${subresource}?${query}`, object);
  }

  get(object: ApiObject): Promise<ApiObject> {
    return this.send('GET', pathOf(object));
  }

  /** Removes a Pod at once, as a kubelet does when its containers have ended. */
  remove(object: ApiObject): Promise<ApiObject> {
    return this.send('DELETE', `${pathOf(object)}?gracePeriodSeconds=0`);
  }

  stop() {
    this.agent.destroy();
  }

  private async send(method: string, path: string, body?: object): Promise<ApiObject> {
    const { server, certificate, token } = this.access;
    const call = request(`${server}${path}`, {
      method,
      agent: this.agent,
      ca: readFileSync(certificate),
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/apply-patch+yaml' },
    });
    const answer = new Promise<string>((resolve, reject) => {
      call.on('error', reject).on('response', (response) => {
        const { statusCode = 0 } = response;
        text(response).then((answered) => {
          if (statusCode < 300) resolve(answered);
          else reject(new Error(`${method} ${path} was answered by ${statusCode}: ${answered}`));
        }, reject);
      });
    });
    call.end(body && JSON.stringify(body));
    return JSON.parse(await answer);
  }
}

/** Where the API keeps an object; the plurals of all kinds that the harness writes are regular. */
function pathOf({ apiVersion, kind, metadata: { name, namespace } }: ApiObject): string {
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const scope = namespace ? `/namespaces/${namespace}` : '';
  return `${group}${scope}/${kind.toLowerCase()}s/${name}`;
}
