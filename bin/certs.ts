/** `nats-mtls certs`: everything that mints, renews, checks and shuts out. */
import { resolve as resolvePath } from 'node:path';
import { checkCommand } from '../certs/check-command.ts';
import type { CommandCall } from '../certs/command.ts';
import { csrCommand, importCommand } from '../certs/csr-command.ts';
import { exportCommand } from '../certs/export-command.ts';
import { mintCommand } from '../certs/mint-command.ts';
import { passphraseFrom, passphraseFromTerminal } from '../certs/passphrase.ts';
import { reinstateCommand, revokeCommand } from '../certs/revoke-command.ts';
import { rotateExpiring, rotatePart, rotateStage } from '../certs/rotate-command.ts';
import { resolve } from '../model/resolve.ts';
import type { Arg, Command, Values } from './command-line.ts';
import { FOLDER, issuedFolder, number, text } from './options.ts';
import { loadTopology } from './topology-file.ts';

const PASSPHRASE = {
  type: 'string',
  valueHint: 'number',
  description: 'read the passphrase of an encrypted CA key from this file descriptor',
} as const;
const days = (standard: number) =>
  ({
    type: 'string',
    valueHint: 'number',
    description: `how many days are soon (default: ${standard})`,
  }) as const;
const word = (description: string) => ({ type: 'positional', description }) as const;
const CLUSTER = { cluster: word('name of a cluster in topology.ts') };

type Args = Readonly<Record<string, Arg>>;

/** A command of `certs`. It is about one word at most. */
function command(about: string, run: (call: CommandCall) => unknown, args: Args = {}): Command {
  const [subject = ''] = Object.keys(args).filter((name) => args[name]!.type === 'positional');
  return {
    about,
    args: { ...args, folder: FOLDER, 'passphrase-fd': PASSPHRASE },
    run: async (values: Values) => {
      const fd = number(values, 'passphrase-fd');
      const days = number(values, 'days');
      const confirmed = text(values, 'confirmed');
      const output = text(values, 'output');
      const call = {
        folder: issuedFolder(values),
        word: (values[subject] as string | undefined) ?? '',
        json: values.json === true,
        live: values.live === true,
        contexts: (values.context ?? []) as readonly string[],
        ...(days === undefined ? {} : { days }),
        ...(confirmed === undefined ? {} : { confirmed }),
        ...(output === undefined ? {} : { output: resolvePath(output) }),
        askPassphrase: fd === undefined ? passphraseFromTerminal : passphraseFrom(fd),
      };
      const code = await run({ ...call, model: resolve(await loadTopology()) });
      return typeof code === 'number' ? code : 0;
    },
  };
}

const rotate = (part: string, about: string, args: Args = {}) => command(about, rotatePart(part), args);

const CONFIRMED = {
  confirmed: {
    type: 'string',
    valueHint: 'bundle|switch',
    description: 'the stage that you have applied everywhere; the next one follows',
  },
} as const;

export const certs: Command = {
  about: 'Mint, check, renew and shut out certificates and passwords.',
  standard: 'mint',
  commands: {
    mint: command(
      'mint what is missing, and print how to install Linkerd with it (runs without a command)',
      mintCommand,
    ),
    check: command(
      'say what there is and what is wrong: exit code 0 fine, 1 something is wrong, 3 something ends soon',
      checkCommand,
      {
        days: days(60),
        json: { type: 'boolean', description: 'one JSON object on standard output' },
        live: {
          type: 'boolean',
          description: 'ask the clusters for the certificates that cert-manager has made there, too',
        },
        context: {
          type: 'string',
          multiple: true,
          valueHint: 'cluster=context',
          description:
            "with --live, the kubeconfig's context of a cluster; may be repeated (default: of the same name)",
        },
      },
    ),
    rotate: {
      about: 'replace certificates or a password, and print the steps that deliver them',
      commands: {
        expiring: command('renew all that has expired or ends soon, roots excepted', rotateExpiring, {
          days: days(30),
        }),
        issuer: rotate('issuer', "a cluster's Linkerd issuer", CLUSTER),
        leaf: rotate('leaf', "a leaf cluster's certificate and password", CLUSTER),
        client: rotate('client', "a client's certificate", {
          name: word('name of the client, or <cluster>/<device>'),
        }),
        server: rotate(
          'server',
          "the broker's server certificate, and those that leaves show to MQTT devices",
        ),
        'nats-issuer': rotate(
          'nats-issuer',
          'the CA with which the cert-manager of a cluster makes NATS certificates',
          CLUSTER,
        ),
        password: rotate('password', 'the password of a user', { user: word('<cluster>/<user>') }),
        anchor: command("Linkerd's trust anchor, in stages", rotateStage('anchor'), {
          cluster: {
            ...word('name of a cluster that has one of its own (default: the anchor that clusters share)'),
            required: false,
          },
          ...CONFIRMED,
        }),
        'nats-ca': command('the CA of NATS, in stages', rotateStage('nats-ca'), CONFIRMED),
      },
    },
    revoke: {
      about: 'shut out one leaf cluster',
      commands: { leaf: command('shut out this leaf cluster', revokeCommand, CLUSTER) },
    },
    reinstate: {
      about: 'let a leaf cluster in again',
      commands: { leaf: command('let this leaf cluster in again', reinstateCommand, CLUSTER) },
    },
    export: command(
      'write what a secret manager has to hold, one JSON object for each Secret of each cluster',
      exportCommand,
      {
        output: {
          type: 'string',
          valueHint: 'path',
          description:
            'where to write it, in the clear (default: beside the credentials, certs/issued-export)',
        },
      },
    ),
    csr: command('write a request for a CA that only signs requests', csrCommand, {
      certificate: word('name of the certificate, such as ca'),
    }),
    import: command('take what that CA made of a request', importCommand, {
      file: word('the certificate, as PEM'),
    }),
  },
};
