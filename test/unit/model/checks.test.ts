import { describe, expect, it } from 'vitest';
import {
  checkImage,
  checkName,
  checkNodePort,
  checkReplicas,
  checkResources,
  checkSubject,
  checkSubjects,
  InvalidInput,
  shown,
} from '../../../model/checks.ts';

const at = { owner: 'NatsBroker', property: 'here' };
const refused = (problem: string) => new InvalidInput(`NatsBroker \`here\`: ${problem}.`);
/** What a caller without TypeScript may pass. */
const untyped = <T>(value: unknown) => value as T;

it.each([
  [`${'a'.repeat(76)}${'b'.repeat(8)}`, `"${'a'.repeat(76)}…"`],
  [`${'a'.repeat(75)}🔑🔑🔑🔑`, `"${'a'.repeat(75)}…"`],
])('a value that is long is shown without its end, and no half of a character: %j', (value, text) => {
  expect(shown(value)).toBe(text);
});

describe('a name', () => {
  it.each(['a', 'vm-a', 'n4ts', 'a'.repeat(52)])('may be %s', (name) => {
    expect(checkName(at, name)).toBe(name);
  });

  it.each([
    ['', '""'],
    ['VM-A', '"VM-A"'],
    ['vm_a', '"vm_a"'],
    ['vm.a', '"vm.a"'],
    ['-a', '"-a"'],
    ['a-', '"a-"'],
    ['1a', '"1a"'],
    ['vm a', '"vm a"'],
    ['vm-a\n', '"vm-a\\n"'],
    ['ä', '"ä"'],
    ['a'.repeat(53), `"${'a'.repeat(53)}"`],
    [untyped<string>(undefined), 'undefined'],
    [untyped<string>(7), '7'],
  ])('is not %j', (name, text) => {
    expect(() => checkName(at, name)).toThrow(
      refused(
        `${text} is not a DNS label; use at most 52 lower-case letters, digits and '-', starting with a letter and ending with a letter or digit`,
      ),
    );
  });
});

describe('a NodePort', () => {
  it.each([30000, 30722, 32767])('may be %d', (port) => {
    expect(checkNodePort(at, port, 30722)).toBe(port);
  });

  it.each([
    [29999, '29999'],
    [32768, '32768'],
    [7422, '7422'],
    [30722.5, '30722.5'],
    [Number.NaN, 'null'],
    [untyped<number>('30722'), '"30722"'],
  ])('is not %s', (port, text) => {
    expect(() => checkNodePort(at, port, 30722)).toThrow(
      refused(`${text} is outside the NodePort range 30000-32767; use 30722`),
    );
  });
});

describe('a subject', () => {
  const blank = "is not a NATS subject; use tokens without blanks joined by '.', such as test.messages";
  const reserved = 'is reserved; use a subject of your own, such as test.messages';
  const misplaced = "misplaces a wildcard; '*' stands for one whole token and '>' for all at the end";

  it.each(['test.messages', 'a', 'métriques.été', 'a.$b', 'inbox', 'INBOX.a', 'a'.repeat(255)])(
    'may be %s',
    (subject) => {
      expect(checkSubject(at, subject, 'refused')).toBe(subject);
    },
  );

  it.each(['*', '>', 'a.*', '*.b', 'a.*.c.>'])(
    'may have the wildcards of %s where they are allowed',
    (subject) => {
      expect(checkSubject(at, subject, 'allowed')).toBe(subject);
    },
  );

  it.each([
    ['', `"" ${blank}`],
    ['a b', `"a b" ${blank}`],
    ['a\tb', `"a\\tb" ${blank}`],
    ['a\u0000b', `"a\\u0000b" ${blank}`],
    ['a\u200bb', `"a\\u200bb" ${blank}`],
    ['.a', `".a" ${blank}`],
    ['a.', `"a." ${blank}`],
    ['a..b', `"a..b" ${blank}`],
    [untyped<string>(undefined), `undefined ${blank}`],
    ['a'.repeat(256), `"${'a'.repeat(76)}…" has 256 characters; use at most 255`],
    ['$SYS.>', `"$SYS.>" ${reserved}`],
    ['$JS.API.>', `"$JS.API.>" ${reserved}`],
    ['$anything', `"$anything" ${reserved}`],
    ['_INBOX.>', `"_INBOX.>" ${reserved}`],
    ['_INBOX', `"_INBOX" ${reserved}`],
    ['_DOCTOR.x', `"_DOCTOR.x" ${reserved}`],
    ['a*', `"a*" ${misplaced}`],
    ['a.b>', `"a.b>" ${misplaced}`],
    ['>.a', `">.a" ${misplaced}`],
    ['a.**', `"a.**" ${misplaced}`],
  ])('is not %j', (subject, problem) => {
    expect(() => checkSubject(at, subject, 'allowed')).toThrow(refused(problem));
  });

  it.each(['test.*', 'test.>', '>'])('has no wildcard like %s where one subject is meant', (subject) => {
    expect(() => checkSubject(at, subject, 'refused')).toThrow(
      refused(`"${subject}" has a wildcard; name one subject, such as test.messages`),
    );
  });
});

describe('a list of subjects', () => {
  it.each([undefined, [], ['a', 'b.>']])('may be %j', (subjects) => {
    expect(() => checkSubjects(at, subjects)).not.toThrow();
  });

  it('is not one string, whose letters would be taken for subjects', () => {
    expect(() => checkSubjects(at, untyped('abc'))).toThrow(
      refused(`"abc" is not a list; use for example ['test.messages']`),
    );
  });

  it('has no bad subject in it', () => {
    expect(() => checkSubjects(at, ['good', 'not good'])).toThrow(InvalidInput);
  });
});

describe('an image', () => {
  const digest = `@sha256:${'0'.repeat(64)}`;

  it.each([
    'nats:2.14.6-alpine',
    `nats${digest}`,
    `nats:2.14.6${digest}`,
    'registry.example:5000/team/app:1.0.0',
  ])('may be %s', (image) => {
    expect(checkImage(at, image)).toBe(image);
  });

  it.each([
    '',
    'nats',
    'nats:',
    'nats:latest',
    'NATS:2.14.6',
    'nats:2.14.6 ',
    `nats@sha256:${'0'.repeat(63)}`,
  ])('is not %j', (image) => {
    expect(() => checkImage(at, image)).toThrow(
      refused(
        `${shown(image)} is not pinned; use an image with a version or digest, such as nats:2.14.6-alpine`,
      ),
    );
  });
});

describe('an amount of resources', () => {
  const resources = (cpu: string, memory: string) => ({
    requests: { cpu, memory },
    limits: { cpu: '2', memory: '2Gi' },
  });

  it.each([
    ['100m', '128Mi'],
    ['1', '1Gi'],
    ['2', '2048Mi'],
    ['2000m', '1073741824'],
  ])('may be %s of CPU and %s of memory', (cpu, memory) => {
    expect(checkResources(at, resources(cpu, memory))).toEqual(resources(cpu, memory));
  });

  it.each([
    ['0.5', '1Gi', '"0.5" is no amount of CPU; use for example 500m or 2'],
    ['0', '1Gi', '"0" is no amount of CPU; use for example 500m or 2'],
    ['-1', '1Gi', '"-1" is no amount of CPU; use for example 500m or 2'],
    ['1', '1GB', '"1GB" is no amount of memory; use for example 512Mi or 2Gi'],
    ['1', '', '"" is no amount of memory; use for example 512Mi or 2Gi'],
    ['3', '1Gi', 'requests "3" of cpu, above the limit of "2"; raise the limit or request less'],
    ['2001m', '1Gi', 'requests "2001m" of cpu, above the limit of "2"; raise the limit or request less'],
    ['1', '2049Mi', 'requests "2049Mi" of memory, above the limit of "2Gi"; raise the limit or request less'],
  ])('is not %s of CPU and %s of memory', (cpu, memory, problem) => {
    expect(() => checkResources(at, resources(cpu, memory))).toThrow(refused(problem));
  });

  it('is not a request without a limit', () => {
    expect(() => checkResources(at, untyped({ requests: { cpu: '1', memory: '1Gi' } }))).toThrow(
      refused('undefined is no amount of CPU; use for example 500m or 2'),
    );
  });
});

describe('a number of replicas', () => {
  it.each([1, 3, 5])('may be %d', (replicas) => {
    expect(checkReplicas(at, replicas)).toBe(replicas);
  });

  it.each([0, -1, 2, 4, 7, 1.5])('is not %d', (replicas) => {
    expect(() => checkReplicas(at, replicas)).toThrow(
      refused(`${replicas} is not a number of servers that can agree; use 1, 3 or 5`),
    );
  });
});
