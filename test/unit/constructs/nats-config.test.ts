import { expect, it } from 'vitest';
import { Include, natsConfig, Variable } from '../../../constructs/nats/write-conf.ts';

it('writes one key or element a line, blocks in braces and lists in brackets', () => {
  const text = natsConfig({
    port: 4222,
    debug: false,
    listen: 'here:1',
    leafnodes: {
      port: 7422,
      remotes: [{ urls: ['tls://a:1', 'tls://b:2'], user: new Variable('NAME'), none: undefined }],
      empty: {},
    },
    none: [],
  });
  expect(text).toBe(`port: 4222
debug: false
listen: "here:1"
leafnodes: {
  port: 7422
  remotes: [
    {urls: ["tls://a:1", "tls://b:2"], user: $NAME}
  ]
  empty: {
  }
}
none: [
]
`);
});

it('writes a variable without quotes, and a dollar sign in a string with them', () => {
  expect(natsConfig({ server_name: new Variable('SERVER_NAME'), password: '$SERVER_NAME' })).toBe(
    'server_name: $SERVER_NAME\npassword: "$SERVER_NAME"\n',
  );
});

it('pulls in a file with a line that has no key', () => {
  expect(natsConfig({ accounts: { file: new Include('../nats-auth/accounts.conf') } })).toBe(
    'accounts: {\n  include ../nats-auth/accounts.conf\n}\n',
  );
});

it('gives an element that pulls in a file the lines that this needs', () => {
  expect(natsConfig({ remotes: [{ tls: { file: new Include('a.conf') } }] })).toBe(
    'remotes: [\n  {\n    tls: {\n      include a.conf\n    }\n  }\n]\n',
  );
});

it('leaves out what is undefined', () => {
  expect(natsConfig({ tls: undefined, port: 1 })).toBe('port: 1\n');
});

it.each([
  ['a quote', '"', '\\"'],
  ['a backslash', '\\', '\\\\'],
  ['a newline', '\n', '\\x0A'],
  ['a carriage return', '\r', '\\x0D'],
  ['a tab', '\t', '\\x09'],
  ['a null byte', '\0', '\\x00'],
  ['a delete', '\x7f', '\\x7F'],
  ['a control character beyond ASCII as it is', '\x85', '\x85'],
  ['an umlaut as it is', 'ä', 'ä'],
  ['an emoji as it is', '🙂', '🙂'],
  ['a comment sign as it is', '# no comment', '# no comment'],
  ['braces as they are', '} evil: {', '} evil: {'],
])('writes %s in a string', (_, value, written) => {
  expect(natsConfig({ password: `a${value}b` })).toBe(`password: "a${written}b"\n`);
});
