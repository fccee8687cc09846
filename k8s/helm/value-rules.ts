// What values must be to each other, as conditions of values.schema.json: refused before anything is rendered, where one
// value alone looks right.
import type { Json } from './place.ts';

/** Whether `place` inside `key` has a repository on a volume. */
const onVolume = (key: string): Json => ({
  required: ['postgres'],
  properties: {
    postgres: {
      required: [key],
      properties: {
        [key]: {
          required: ['repository'],
          properties: { repository: { required: ['volume'] } },
        },
      },
    },
  },
});

/** Without a claim the volume is a folder of the pod: backups would be reported as good, and be gone with it. */
const withClaim: Json = {
  properties: {
    postgres: { required: ['backupClaim'], properties: { backupClaim: { required: ['claimName'] } } },
  },
};

export const valueRules: readonly Json[] = ['backup', 'restore'].map((key) => ({
  if: onVolume(key),
  then: withClaim,
}));
