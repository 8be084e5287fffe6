import type { JsonObject } from '../../../../src/core/model/json.ts';
import type { Place } from './kind.ts';

export const name = ({ number, mark }: Place): string =>
  `svc-${number % 1_500}-${mark.slice(0, 6)}`;
export const id = (prefix: string, { mark }: Place): string => `${prefix}-0${mark}`;
export const arn = (service: string, { region, account }: Place, rest: string): string =>
  `arn:aws:${service}:${region}:${account}:${rest}`;

const tags = (place: Place): JsonObject => ({
  Name: name(place),
  environment: ['production', 'staging', 'development'][place.number % 3]!,
  owner: `team-${place.number % 30}`,
  'cost-center': String(4_000 + (place.number % 90)),
});

export const tagged = (place: Place): JsonObject => ({ tags: tags(place), tags_all: tags(place) });

/** Told by the place, as if it were random. */
export const requestId = ({ mark }: Place): string =>
  `${mark.slice(0, 8)}-${mark.slice(8, 12)}-4b0f-8c11-${mark.slice(4)}`;

export const guid = ({ mark }: Place): string =>
  `${mark.slice(0, 8)}-${mark.slice(8, 12)}-4a7e-9c40-${mark.slice(2, 14)}`;
