/**
 * MQTT topics as the NATS subjects that nats-server makes of them.
 * @see https://docs.nats.io/running-a-nats-service/configuration/mqtt#mqtt-topics-and-nats-subjects
 */
import { type Place, refuse, shown } from './checks.ts';
import type { DeviceModel } from './mqtt.ts';

/** What is wrong with a topic of any other form. */
export const NOT_A_TOPIC =
  "is not an MQTT topic; use levels without blanks, dots or '$' joined by '/', such as plant/line1/temperature";

/** A level that NATS can name too: nats-server writes a dot and an empty level in a way that nobody would expect. */
const LEVEL = /^[^\s.$/+#*>\p{C}]+$/u;

/**
 * The subject of a topic that a device publishes to.
 * @throws InvalidInput for a wildcard, which MQTT does not allow there, and for a topic that is none
 */
export function subjectOf(at: Place, topic: string): string {
  if (/[+#]/.test(String(topic)))
    refuse(at, `${shown(topic)} has a wildcard; a device publishes to whole topics, so list each of them`);
  return checkLevels(at, topic).join('.');
}

/**
 * The subjects of a filter that a device subscribes to. `a/#` is the topic `a` as well, and nats-server refuses the
 * subscription unless both are allowed.
 * @throws InvalidInput for a filter that is none
 */
export function subjectsOf(at: Place, filter: string): string[] {
  const levels = checkLevels(at, filter).map((level) => (level === '+' ? '*' : level));
  if (levels.at(-1) !== '#') return [levels.join('.')];
  const above = levels.slice(0, -1);
  return above.length === 0 ? ['>'] : [above.join('.'), `${above.join('.')}.>`];
}

/** The NATS subjects of a device's topics. */
export function deviceSubjects({ name, publish, subscribe }: DeviceModel) {
  const at = { owner: name, property: 'topics' };
  return {
    publish: publish.map((topic) => subjectOf(at, topic)),
    subscribe: subscribe.flatMap((filter) => subjectsOf(at, filter)),
  };
}

function checkLevels(at: Place, topic: string): string[] {
  const levels = typeof topic === 'string' ? topic.split('/') : [];
  const isValid = (level: string, i: number) =>
    level === '+' || (level === '#' && i === levels.length - 1) || LEVEL.test(level);
  if (levels.length === 0 || !levels.every(isValid)) refuse(at, `${shown(topic)} ${NOT_A_TOPIC}`);
  return levels;
}
