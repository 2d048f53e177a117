import { request } from 'node:https';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeConfig } from '@kubernetes/client-node';
import type { KubernetesObject } from '../constructs/kubernetes/object.ts';

/** An object as the API server gives it. */
export interface KubeObject extends KubernetesObject {
  // biome-ignore lint/suspicious/noExplicitAny: each check knows the spec and the status of its kind.
  readonly [field: string]: any;
}

/** The API server refused, or could not be reached; the message says why. */
export class KubeError extends Error {}

/** The user of the context may not do this. */
export class Forbidden extends KubeError {
  readonly verb: string;
  readonly resource: string;
  constructor(verb: string, resource: string, namespace: string | undefined) {
    super(`may not ${verb} ${resource}${namespace ? ` in ${namespace}` : ''}`);
    this.verb = verb;
    this.resource = resource;
  }
}

/** The API server does not know who asks. */
export class NotSignedIn extends KubeError {}

/** By how many milliseconds a clock is ahead of this machine's: at least and at most, because it is told in seconds. */
export interface ClockOffset {
  readonly least: number;
  readonly most: number;
}

interface Answer {
  readonly status: number;
  readonly date: string | undefined;
  readonly retryAfter: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: as the API server gives it.
  readonly body: any;
}

interface Resource {
  readonly kind: string;
  readonly name: string;
}

/** How often a busy server is asked. */
const MOST_ASKED = 5;

/**
 * The few calls that a check needs, read only, with a time-out for each. Objects come as the server has them: the
 * typed calls of the client drop fields that they do not know.
 */
export class KubeClient {
  private readonly resources = new Map<string, Promise<readonly Resource[]>>();

  /**
   * @param config its current context is the one that is used; has its credentials at hand
   * @param patience milliseconds that one request may take
   */
  constructor(
    readonly config: KubeConfig,
    readonly patience: number,
  ) {}

  /** The server's version, such as `v1.34.4`, and its clock. */
  async version(): Promise<{ readonly version: string; readonly clock: ClockOffset }> {
    const before = Date.now();
    const { date, body } = await this.get('/version');
    const told = Date.parse(date ?? '');
    return {
      version: body?.gitVersion ?? 'of unknown version',
      clock: { least: told - Date.now(), most: told + 1000 - before },
    };
  }

  /** @throws NotSignedIn when the server does not know who asks */
  async signedIn(): Promise<void> {
    await this.path('v1', 'Pod').catch((error) => {
      if (error instanceof NotSignedIn) throw error;
    });
  }

  /** All objects of a kind, or `undefined` when the server does not know the kind. */
  async list(apiVersion: string, kind: string, namespace?: string): Promise<KubeObject[] | undefined> {
    const path = await this.path(apiVersion, kind, namespace);
    if (!path) return undefined;
    const { body } = await this.get(path, {
      verb: 'list',
      resource: resourceOf(path, apiVersion),
      namespace,
    });
    return body?.items.map((item: object) => ({ ...item, kind }));
  }

  /** One object, or `undefined` when there is none. */
  async read(
    apiVersion: string,
    kind: string,
    name: string,
    namespace?: string,
  ): Promise<KubeObject | undefined> {
    const path = await this.path(apiVersion, kind, namespace);
    if (!path) return undefined;
    const asked = { verb: 'get', resource: resourceOf(path, apiVersion), namespace };
    return (await this.get(`${path}/${name}`, asked)).body;
  }

  /** Whether the server knows a kind. */
  async knows(apiVersion: string, kind: string): Promise<boolean> {
    return (await this.path(apiVersion, kind)) !== undefined;
  }

  private async path(apiVersion: string, kind: string, namespace?: string): Promise<string | undefined> {
    const root = `/${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}`;
    const known: Promise<readonly Resource[]> =
      this.resources.get(root) ?? this.get(root).then(({ body }) => body?.resources ?? []);
    this.resources.set(root, known);
    const plural = (await known).find((each) => each.kind === kind && !each.name.includes('/'))?.name;
    return plural && `${root}${namespace ? `/namespaces/${namespace}` : ''}/${plural}`;
  }

  /** The body is `undefined` where there is nothing at that path. */
  private async get(
    path: string,
    asked: { verb: string; resource: string; namespace?: string | undefined } = {
      verb: 'get',
      resource: path,
    },
  ): Promise<Answer> {
    const answer = await this.patiently(path);
    if (answer.status === 404) return { ...answer, body: undefined };
    if (answer.status === 403 && /User "system:anonymous"/.test(answer.body?.message))
      throw new NotSignedIn('the API server takes the user of the context for system:anonymous');
    if (answer.status === 403) throw new Forbidden(asked.verb, asked.resource, asked.namespace);
    if (answer.status === 401)
      throw new NotSignedIn('the API server does not accept the credentials of the context');
    if (answer.status > 299) throw new KubeError(`the API server answered ${path} with ${answer.status}`);
    return answer;
  }

  /** Asks again, as kubectl does, where the server is busy and says when to come back. */
  private async patiently(path: string): Promise<Answer> {
    for (let asked = 1; ; asked += 1) {
      const answer = await this.send(path);
      if (answer.status !== 429 || answer.retryAfter === undefined || asked === MOST_ASKED) return answer;
      await sleep(Math.min(Number(answer.retryAfter) * 1000 || 0, this.patience));
    }
  }

  private async send(path: string): Promise<Answer> {
    const server = this.config.getCurrentCluster()?.server;
    // Time-outs of sockets count silence, and a server may be slow rather than silent.
    const signal = AbortSignal.timeout(this.patience);
    try {
      const options = { headers: { accept: 'application/json' } };
      await this.config.applyToHTTPSOptions(options);
      return await new Promise<Answer>((resolve, reject) => {
        const call = request(`${server}${path}`, { ...options, signal }, (response) => {
          const { statusCode: status = 0, headers } = response;
          const told = { status, date: headers.date, retryAfter: headers['retry-after'] };
          json(response)
            .catch(() => undefined)
            .then((body) => resolve({ ...told, body }), reject);
        });
        call.on('error', reject).end();
      });
    } catch (error) {
      const cause = signal.aborted
        ? `did not answer within ${this.patience / 1000} s`
        : `could not be reached (${error instanceof Error ? error.message : error})`;
      throw new KubeError(`the API server at ${server} ${cause}`);
    }
  }
}

/** A resource as a Role names it, such as `servers.policy.linkerd.io`. */
function resourceOf(path: string, apiVersion: string): string {
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : '';
  return `${path.split('/').at(-1)}${group}`;
}
