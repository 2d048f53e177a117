import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Command, runCommandLine } from '../../../bin/command-line.ts';
import { run } from '../../../bin/run.ts';

let calls: Record<string, unknown>[];
const print = vi.spyOn(console, 'log');
const complain = vi.spyOn(console, 'error');
const said = (spy: typeof print) => spy.mock.calls.flat().join('\n');

beforeEach(() => {
  calls = [];
  print.mockReset().mockImplementation(() => {});
  complain.mockReset().mockImplementation(() => {});
});
afterEach(() => void vi.unstubAllEnvs());
afterAll(() => void vi.restoreAllMocks());

const leaf = (about: string, args: Command['args'] = {}): Command => ({
  about,
  args: { ...args, folder: { type: 'string', description: 'where' } },
  run: (values) => {
    calls.push({ ...values, about });
    return 3;
  },
});

const root: Command = {
  about: 'all',
  commands: {
    keep: {
      about: 'keeping',
      standard: 'mint',
      commands: {
        mint: leaf('minting'),
        check: leaf('checking', { json: { type: 'boolean' }, days: { type: 'string' } }),
        one: leaf('one', { name: { type: 'positional' } }),
      },
    },
    wrap: {
      ...leaf('wrapping', { name: { type: 'positional' } }),
      takesCommand: true,
      run: (values, command) => {
        calls.push({ ...values, command });
        return 4;
      },
    },
    look: leaf('looking', { at: { type: 'string', multiple: true } as const }),
  },
};

const call = (...words: string[]) => runCommandLine('it', root, words);

it.each([
  [['keep'], { about: 'minting' }],
  [['keep', '--folder', 'x'], { about: 'minting', folder: 'x' }],
  [['keep', 'check', '--json', '--days=3'], { about: 'checking', json: true, days: '3' }],
  [['--folder', 'check', 'keep', 'one', 'b'], { about: 'one', folder: 'check', name: 'b' }],
  [['look', '--at', 'a', '--at=b'], { about: 'looking', at: ['a', 'b'] }],
])('understands %j', async (words, values) => {
  expect(await call(...words)).toBe(3);
  expect(calls).toEqual([values]);
});

it.each([
  [['wrap', 'a', '--', 'ls', '--help', '--', 'b'], { name: 'a', command: ['ls', '--help', '--', 'b'] }],
  [['wrap', 'a'], { name: 'a', command: [] }],
])('leaves what follows -- to the command in %j', async (words, values) => {
  expect(await call(...words)).toBe(4);
  expect(calls).toEqual([values]);
});

it.each([
  [[], /^USAGE it keep\|wrap\|look$/m],
  [['wrap', 'a', '--'], /^-- is not followed by a command$/m],
  [['wrap', '--', 'a'], /^<name> is missing$/m],
  [['wrap', 'a', '-x', '--', 'b'], /^Unknown option '-x'$/m],
  [['nonsense'], /^nonsense is not understood here$|^USAGE it /m],
  [['keep', 'nonsense'], /^nonsense is not understood here$/m],
  [['keep', 'mint', 'again'], /^again is not understood here$/m],
  [['keep', 'mint', '--json'], /^Unknown option '--json'$/m],
  [['keep', '--days', '3'], /^Unknown option '--days'$/m],
  [['keep', 'check', '--json=yes'], /^Option '--json' does not take an argument$/m],
  [['keep', 'check', '--days'], /^Option '--days <value>' argument missing$/m],
  [['keep', 'one'], /^<name> is missing$/m],
  [['look', '--no-at'], /^Unknown option '--no-at'$/m],
  [['keep', 'constructor'], /^constructor is not understood here$/m],
])('answers %j with the usage on standard error and 2', async (words, message) => {
  expect(await call(...words)).toBe(2);
  expect(said(complain)).toMatch(message);
  expect(said(complain)).toMatch(/^USAGE it /m);
  expect(print).not.toHaveBeenCalled();
  expect(calls).toEqual([]);
});

it.each([
  [['--help'], 'USAGE it keep|wrap|look'],
  [['keep', '-h'], 'USAGE it keep [OPTIONS] mint|check|one'],
  [['keep', 'one', '--help'], 'USAGE it keep one [OPTIONS] <NAME>'],
  [['keep', 'one', 'b', '--help'], 'USAGE it keep one [OPTIONS] <NAME>'],
])(
  'answers %j with help on standard output and 0, without colours when nobody watches',
  async (words, line) => {
    vi.stubEnv('NO_COLOR', undefined);
    expect(await call(...words)).toBe(0);
    expect(said(print).split('\n')).toContain(line);
    expect(said(print)).not.toContain('\u001b');
    expect(complain).not.toHaveBeenCalled();
    expect(calls).toEqual([]);
  },
);

const COMMANDS = [
  '',
  'init',
  'synth',
  'doctor',
  'shell',
  'certs',
  ...['mint', 'check', 'rotate', 'revoke', 'reinstate', 'csr', 'import'].map((name) => `certs ${name}`),
  ...['expiring', 'issuer', 'leaf', 'client', 'server', 'password', 'anchor', 'nats-ca'].map(
    (name) => `certs rotate ${name}`,
  ),
  'certs revoke leaf',
  'certs reinstate leaf',
];

it.each(COMMANDS)('has help for nats-mtls %s', async (words) => {
  expect(await run([...words.split(' ').filter(Boolean), '--help'])).toBe(0);
  expect(said(print)).toContain(`USAGE nats-mtls${words ? ` ${words}` : ''}`);
});

it.each([
  'certs --days 3',
  'certs rotate server --days=3',
  'certs check --days=soon',
  'certs check --confirmed=bundle',
  'certs mint --passphrase-fd=x',
  'certs mint --folder=',
  'certs mint again',
  'certs rotate',
  'certs rotate everything',
  'certs rotate leaf',
  'certs rotate expiring vm-b',
  'certs rotate server vm-a',
  'certs rotate server --confirmed bundle',
  'certs rotate anchor vm-a vm-b',
  'certs revoke vm-b',
  'certs revoke leaf',
  'certs csr',
  'doctor vm-a',
  'doctor --cluster',
  'doctor --folder=',
  'shell',
  'shell vm-a --user=',
  'shell vm-a --',
  'shell vm-a nats',
  'synth --output=',
  'init a b',
])('answers nats-mtls %s with the usage', async (words) => {
  expect(await run(words.split(' '))).toBe(2);
  expect(said(complain)).toMatch(/^USAGE nats-mtls /m);
});

it('says its version', async () => {
  expect(await run(['--version'])).toBe(0);
  expect(said(print)).toMatch(/^\d+\.\d+\.\d+$/);
});
