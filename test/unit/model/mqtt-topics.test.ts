import { expect, it } from 'vitest';
import { subjectOf, subjectsOf } from '../../../model/mqtt-topics.ts';

const at = { owner: 'topology.ts', property: 'topic' };

it('makes one subject of a topic', () => {
  expect(subjectOf(at, 'plant/line1/temperature')).toBe('plant.line1.temperature');
});

it.each([
  ['plant/line1', ['plant.line1']],
  ['plant/+/temperature', ['plant.*.temperature']],
  ['plant/line1/#', ['plant.line1', 'plant.line1.>']],
  ['+/#', ['*', '*.>']],
  ['#', ['>']],
])('makes of the filter %s the subjects that nats-server asks for', (filter, subjects) => {
  expect(subjectsOf(at, filter)).toEqual(subjects);
});

it.each([
  '',
  '/plant',
  'plant/',
  'plant//line1',
  'plant.line1',
  '$SYS/x',
  'a b',
  'a/#/b',
  'a/b+',
  'a/*',
  'a/>',
  7,
])('refuses %j', (topic) => {
  expect(() => subjectsOf(at, topic as string)).toThrow(
    /^topology\.ts `topic`: .* is not an MQTT topic; use /,
  );
});

it('refuses a wildcard where a device publishes', () => {
  expect(() => subjectOf(at, 'plant/#')).toThrow(
    '"plant/#" has a wildcard; a device publishes to whole topics',
  );
});
