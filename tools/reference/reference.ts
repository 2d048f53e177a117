/** The reference of `topology.ts`: keys from the schema, words from the types, values from the examples. */
import type * as v from 'valibot';
import { topology as balancedSites } from '../../examples/balanced-sites.ts';
import { topology as customized } from '../../examples/customize.ts';
import { topology as everyProperty } from '../../examples/every-property.ts';
import { topology as fiveSites } from '../../examples/five-sites.ts';
import { topology as operators } from '../../examples/operators.ts';
import { topology as plaintext } from '../../examples/plaintext.ts';
import { topology as retiring } from '../../examples/retire-sites.ts';
import { topology as secretStore } from '../../examples/secret-store.ts';
import { CERT_MANAGER, ISSUER_REF } from '../../model/schema/certificates-schema.ts';
import {
  BROKER_CLUSTER,
  CLIENT,
  CLUSTER,
  EXTERNAL_CLIENT,
  GATEWAY,
  LEAF_CLUSTER,
  NATS_TLS,
  PLAINTEXT,
  SITE,
  WORKLOAD,
} from '../../model/schema/cluster-schema.ts';
import { IMAGES } from '../../model/schema/images-schema.ts';
import { CONSUMER, EXPECTED_LOAD, JETSTREAM, STORAGE, STREAM } from '../../model/schema/jetstream-schema.ts';
import {
  CLIENT_LISTENER,
  LEAF_LISTENER,
  LOAD_BALANCER,
  MQTT_LISTENER,
} from '../../model/schema/listener-schema.ts';
import {
  ANNOTATIONS,
  MESHED_SCRAPER,
  OPERATOR,
  OUTSIDE_SCRAPER,
} from '../../model/schema/monitoring-schema.ts';
import { DEVICE, MQTT } from '../../model/schema/mqtt-schema.ts';
import { AMOUNTS, POD_OPTIONS, RESOURCES, SPREAD, TOLERATION } from '../../model/schema/pods-schema.ts';
import { EXTERNAL_SECRETS, SOPS, STORE } from '../../model/schema/secrets-schema.ts';
import { SERVER_SETTINGS } from '../../model/schema/server-settings-schema.ts';
import { TOPOLOGY } from '../../model/schema/topology-schema.ts';
import { alternatives, type Declaration, declarations, type Member } from './declarations.ts';
import { eachProperty, literal } from './examples.ts';

type ObjectSchema = v.GenericSchema & { readonly entries: v.ObjectEntries };

/** Each object that a topology may have, under the name of its type. */
const SECTIONS: readonly (readonly [name: string, ...schemas: ObjectSchema[]])[] = [
  ['Topology', TOPOLOGY],
  ['BrokerCluster', BROKER_CLUSTER],
  ['Site', SITE],
  ['LeafCluster', LEAF_CLUSTER],
  ['Cluster', BROKER_CLUSTER, LEAF_CLUSTER],
  ['Workload', WORKLOAD],
  ['Client', CLIENT],
  ['Resources', RESOURCES],
  ['Amounts', AMOUNTS],
  ['ServerSettings', SERVER_SETTINGS],
  ['PodOptions', POD_OPTIONS],
  ['Toleration', TOLERATION],
  ['Spread', SPREAD],
  ['Mqtt', MQTT],
  ['Device', DEVICE],
  ['Listener', CLIENT_LISTENER, LEAF_LISTENER, MQTT_LISTENER],
  ['LoadBalancer', LOAD_BALANCER],
  ['CertManager', CERT_MANAGER],
  ['IssuerRef', ISSUER_REF],
  ['SopsSecrets', SOPS],
  ['StoreSecrets', EXTERNAL_SECRETS],
  ['SecretStore', STORE],
  ['Images', IMAGES],
  ['ExternalClient', EXTERNAL_CLIENT],
  ['NatsTlsLink', NATS_TLS],
  ['GatewayLink', GATEWAY],
  ['PlaintextLink', PLAINTEXT],
  ['JetStream', JETSTREAM],
  ['Storage', STORAGE],
  ['Stream', STREAM],
  ['ExpectedLoad', EXPECTED_LOAD],
  ['Consumer', CONSUMER],
  ['MeshedScraper', MESHED_SCRAPER],
  ['OutsideScraper', OUTSIDE_SCRAPER],
  ['OperatorMonitoring', OPERATOR],
  ['AnnotationsMonitoring', ANNOTATIONS],
];

/** Types of values that are written as a text. */
const VALUES = ['Duration', 'Size'];

const INTRODUCTION = `# Reference of topology.ts

Every property that \`topology.ts\` may have. [\`examples/every-property.ts\`](../examples/every-property.ts) has nearly all of
them in one topology, and [\`examples/operators.ts\`](../examples/operators.ts) those of pods. Synth refuses a property that is not here, and a value of another type.

<!-- Made by \`npm run docs\` from model/schema and the comments of model/*.ts. A test fails when it is out of date. -->
`;

export function reference(): string {
  const declared = declarations(
    'topology.ts',
    'client.ts',
    'certificates.ts',
    'mqtt.ts',
    'images.ts',
    'pod-options.ts',
    'server-settings.ts',
    'secrets.ts',
    'sites.ts',
    'resources.ts',
    'leaf-link.ts',
    'jetstream.ts',
    'listener.ts',
    'monitoring.ts',
    'scraper.ts',
  );
  const sections = SECTIONS.map(([name, ...schemas]) => section(name, schemas, declared));
  const values = VALUES.map((name) => `- **${name}**: ${declared.get(name)!.text}`);
  return `${[INTRODUCTION, ...sections, `## Values\n\n${values.join('\n')}`].join('\n').trimEnd()}\n`;
}

function section(name: string, schemas: ObjectSchema[], declared: ReadonlyMap<string, Declaration>): string {
  const { text, parent } = declared.get(name)!;
  const members = membersOf(name, declared);
  const common = Object.keys(CLUSTER);
  const keys = Object.keys(schemas[0]!.entries).filter(
    (key) => (name === 'Cluster') === common.includes(key) || (name !== 'Cluster' && parent !== 'Cluster'),
  );
  const strangers = [...members.keys()].filter((key) => !(key in schemas[0]!.entries));
  if (strangers.length > 0) throw new Error(`The schema of ${name} has no ${strangers.join(', ')}.`);
  const rows = keys.map((key) => row(name, key, members.get(key), exampleOf(schemas, key), declared));
  const more = parent === 'Cluster' ? ` It has the properties of [Cluster](#cluster) as well.` : '';
  return [
    `## ${name}`,
    '',
    `${text}${more}`,
    '',
    '| property | type | default | example | meaning |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

/** The properties of a type, and of what it extends. */
function membersOf(name: string, declared: ReadonlyMap<string, Declaration>): ReadonlyMap<string, Member> {
  const { parent, members } = declared.get(name)!;
  return new Map([...(parent ? membersOf(parent, declared) : []), ...members]);
}

function row(
  section: string,
  key: string,
  member: Member | undefined,
  example: unknown,
  declared: ReadonlyMap<string, Declaration>,
): string {
  if (!member?.text) throw new Error(`Nothing says what ${section}.${key} means.`);
  if (example === undefined) throw new Error(`No example has ${section}.${key}.`);
  const type = alternatives(member.type).map((one) => typeText(one, declared));
  const cells = [
    `\`${key}\``,
    type.join(' or '),
    member.optional ? defaultText(member.default) : '**required**',
    exampleText(example),
    member.text,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** An object that would fill the table has a section of its own. */
const exampleText = (example: unknown) =>
  literal(example).length > 90 ? 'see its type' : code(literal(example));

const code = (text: string) => `\`${text}\``;

function typeText(type: string, declared: ReadonlyMap<string, Declaration>): string {
  const [, item] = /^readonly (\w+)\[\]$/.exec(type) ?? [];
  if (item) return `list of ${typeText(item, declared)}`;
  if (type === 'Readonly<Record<string, string>>') return 'object of `string`';
  if (VALUES.includes(type)) return `[${type}](#values)`;
  const { alias } = declared.get(type) ?? {};
  if (alias && alias.length > 1) return alias.map((one) => typeText(one, declared)).join(' or ');
  return declared.has(type) ? `[${type}](#${type.toLowerCase()})` : code(type);
}

const defaultText = (text = '') => {
  if (text.startsWith('- ')) return text.slice(2);
  return text.includes('`') ? text : code(text);
};

/** The first value that an example has for a property. What is open for lack of encryption is shown as such alone. */
function exampleOf(schemas: readonly ObjectSchema[], key: string): unknown {
  let found: unknown;
  for (const topology of [
    everyProperty,
    operators,
    plaintext,
    customized,
    secretStore,
    fiveSites,
    balancedSites,
    retiring,
  ]) {
    eachProperty(TOPOLOGY, topology, (schema, property, value) => {
      if (found === undefined && property === key && schemas.includes(schema as ObjectSchema)) found = value;
    });
  }
  return found ?? (key === 'insecurePlaintext' ? true : undefined);
}
