// The profiles there are. A misspelt one is refused with the list.
import { eks } from './eks.ts';
import { kind } from './kind.ts';
import type { Profile } from './profile.ts';

export const profiles: Readonly<Record<string, Profile>> = { kind, eks };

export function profileNamed(name: string): Profile {
  const profile = profiles[name];
  if (profile && Object.hasOwn(profiles, name)) return profile;
  throw new Error(`profile '${name}' is unknown: known are ${Object.keys(profiles).join(', ')}`);
}
