import * as v from 'valibot';
import { NOT_AN_IMAGE } from '../checks.ts';
import type { Images } from '../images.ts';
import { NOT_A_REGISTRY, NOT_A_SECRET } from '../rules/check-images.ts';
import { choice, list, object, text } from './build.ts';
import type { Assert, Same } from './same.ts';

const image = () => v.optional(text(NOT_AN_IMAGE));

export const IMAGES = object({
  registry: v.optional(text(NOT_A_REGISTRY)),
  pullSecrets: v.optional(list(text(NOT_A_SECRET), "['registry']")),
  pullPolicy: v.optional(choice('Always', 'IfNotPresent', 'Never')),
  natsServer: image(),
  natsBox: image(),
  reloader: image(),
  exporter: image(),
});

export type ImagesIsWhole = Assert<Same<v.InferOutput<typeof IMAGES>, Images>>;
