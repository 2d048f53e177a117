import * as v from 'valibot';
import { NOT_A_DURATION, NOT_A_SIZE } from '../rules/check-jetstream.ts';
import { LOG_LEVELS, NOT_CONNECTIONS } from '../rules/check-server-settings.ts';
import type { ServerSettings } from '../server-settings.ts';
import { choice, number, object, text } from './build.ts';
import type { Assert, Same } from './same.ts';

export const SERVER_SETTINGS = object({
  maxPayload: v.optional(text(NOT_A_SIZE)),
  maxConnections: v.optional(number(NOT_CONNECTIONS)),
  writeDeadline: v.optional(text(NOT_A_DURATION)),
  logLevel: v.optional(choice(...LOG_LEVELS)),
});

export type ServerSettingsIsWhole = Assert<Same<v.InferOutput<typeof SERVER_SETTINGS>, ServerSettings>>;
