// The name of the migration Job in the chart. A Job's template cannot be changed, so all that values move in it must move its
// name too: the tag stands in it, registry, pull secrets and nodes are in the hash at its end, as k8s/charts/migrate.ts makes it.
import { migrationHash } from '../charts/migrate.ts';
import { kind } from '../profiles/kind.ts';

const name = /^( {2}name: "app-migrate-\{\{ \.Values\.images\.app\.tag \}\}-)[0-9a-f]{6}"$/m;
const values = [
  '.Values.images.registry (toJson .Values.images.pullSecrets)',
  '(toJson .Values.app.nodeSelector) (toJson .Values.app.tolerations)',
].join(' ');

/** `template`: the Job's, with the hash of the default values. */
export function namedByImages(template: string): string {
  if (!name.test(template)) throw new Error('Job/app-migrate: its name is not as expected');
  return template.replace(
    name,
    `$1{{ printf "${migrationHash(kind)} %s %s %s %s" ${values} | sha256sum | trunc 6 }}"`,
  );
}
