import { describe, expect, it } from 'vitest';
import { settingsBlock } from '../../../constructs/nats/server-settings.ts';
import { natsConfig } from '../../../constructs/nats/write-conf.ts';
import { InvalidInput } from '../../../model/checks.ts';
import { resolve } from '../../../model/resolve.ts';
import type { ServerSettings } from '../../../model/server-settings.ts';
import { topology } from '../../../topology.ts';

const text = (settings: ServerSettings) => natsConfig(settingsBlock(settings));

describe('settings of nats-server', () => {
  it('are not written where nothing is said, so that the defaults of nats-server hold', () => {
    expect(text({})).toBe(natsConfig({}));
  });

  it('are written in bytes, numbers and seconds', () => {
    const written = text({
      maxPayload: '8Mi',
      maxConnections: 10_000,
      writeDeadline: '1m',
      logLevel: 'debug',
    });
    expect(written).toContain('max_payload: 8388608');
    expect(written).toContain('max_connections: 10000');
    expect(written).toContain('write_deadline: "60s"');
    expect(written).toContain('debug: true');
    expect(written).not.toContain('trace');
  });

  it('log the content of messages at `trace` alone', () => {
    expect(text({ logLevel: 'trace' })).toContain('trace: true');
    expect(text({ logLevel: 'info' })).toBe(natsConfig({}));
  });
});

it.each<[Record<string, unknown>, string]>([
  [{ maxPayload: '65Mi' }, 'maxPayload`: "65Mi" is outside 64Ki to 64Mi; use for example 8Mi.'],
  [{ maxPayload: '1Ki' }, 'maxPayload`: "1Ki" is outside 64Ki to 64Mi; use for example 8Mi.'],
  [{ maxPayload: '8MB' }, 'maxPayload`: "8MB" is not an amount of storage; use for example 10Gi.'],
  [
    { maxConnections: 0 },
    'maxConnections`: 0 is not a number of clients; use a whole number from 1 to 1000000.',
  ],
  [
    { writeDeadline: '10' },
    'writeDeadline`: "10" is not a length of time; use a whole number and s, m, h or d, such as 24h.',
  ],
  [{ logLevel: 'verbose' }, 'logLevel`: "verbose" is not a choice; use info or debug or trace.'],
])('refuses %o in one line', (serverSettings, message) => {
  const bad = { ...topology, brokerCluster: { ...topology.brokerCluster, serverSettings } };
  expect(() => resolve(bad)).toThrow(
    new InvalidInput(`topology.ts \`brokerCluster.serverSettings.${message}`),
  );
});
