import { expect, it } from 'vitest';
import { accountsFile } from '../../../constructs/nats/accounts.ts';
import { readConf } from '../../../constructs/nats/read-conf.ts';
import { InvalidInput } from '../../../model/checks.ts';
import { credentials } from './fixtures.ts';

it('writes an account for applications and one for the system', () => {
  const text = accountsFile(
    { cluster: 'vm-a', jetStream: undefined },
    [
      {
        name: 'app',
        connects: 'STANDARD',
        publish: ['orders.created'],
        subscribe: ['orders.commands.>', 'a'],
      },
      { name: 'leaf-vm-b', connects: 'LEAFNODE', subscribe: ['orders.created'] },
    ],
    credentials,
  );
  expect(text).toBe(`APP: {
  users: [
    {user: "app", password: "hash of vm-a/app", allowed_connection_types: ["STANDARD"], permissions: {publish: {allow: ["orders.created"]}, subscribe: {allow: ["orders.commands.>", "a"]}}}
    {user: "leaf-vm-b", password: "hash of vm-a/leaf-vm-b", allowed_connection_types: ["LEAFNODE"], permissions: {publish: {deny: ">"}, subscribe: {allow: ["orders.created"]}}}
  ]
}
SYS: {
  users: [
    {user: "sys", password: "hash of vm-a/sys", allowed_connection_types: ["STANDARD"]}
  ]
}
`);
});

it('writes once what a hundred users may do alike, and what each may do where they are fewer', () => {
  const leaf = (i: number) => ({
    name: `leaf-${i}`,
    connects: 'LEAFNODE' as const,
    subscribe: ['prices.changed'],
  });
  const other = { name: 'other', connects: 'LEAFNODE' as const, subscribe: ['prices.old'] };
  const text = (many: number) =>
    accountsFile(
      { cluster: 'vm-a', jetStream: undefined },
      [...Array.from({ length: many }, (_, i) => leaf(i)), other],
      credentials,
    );
  const shared = 'subscribe: {allow: ["prices.changed"]}';
  expect(text(99).split(shared)).toHaveLength(1 + 99);
  expect(text(99)).not.toContain('permissions_');
  expect(text(100).match(/permissions_1/g)).toHaveLength(1 + 100);
  expect(text(100)).toContain(`  permissions_1: {
    publish: {
      deny: ">"
    }
    subscribe: {
      allow: [
        "prices.changed"
      ]
    }
  }
`);
  expect(text(100)).toContain('permissions: {publish: {deny: ">"}, subscribe: {allow: ["prices.old"]}}');
  const mayOf = (many: number) =>
    (readConf(text(many), () => '').APP as { users: { permissions: object }[] }).users.map(
      ({ permissions }) => permissions,
    );
  expect(mayOf(100).slice(1)).toEqual(mayOf(99));
});

it.each([[undefined], [[]]])('denies everything to a user whose list of subjects is %j', (subjects) => {
  const user = { name: 'app', connects: 'STANDARD', publish: subjects, subscribe: subjects } as const;
  const text = accountsFile({ cluster: 'vm-a', jetStream: undefined }, [user], credentials);
  expect(text).not.toContain('allow:');
  expect(text.match(/deny: ">"/g)).toHaveLength(2);
});

it('keeps whatever stands for a password inside its quotes', () => {
  const passwordHash = () => `a"b\\c d$e#f}'ä`;
  expect(
    accountsFile({ cluster: 'vm-a', jetStream: undefined }, [], { ...credentials, passwordHash }),
  ).toContain(`password: "a\\"b\\\\c d$e#f}'ä", `);
});

it('refuses a password that no client could send as it is, without repeating it', () => {
  const password = () => 'a\nb';
  expect(() =>
    accountsFile({ cluster: 'vm-a', jetStream: undefined }, [], { ...credentials, password }),
  ).toThrow(
    new InvalidInput(
      'credentials `vm-a/sys`: the password has a control character or half of one; use characters that can be printed.',
    ),
  );
});
