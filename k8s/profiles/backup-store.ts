// The defaults of the values that say where the bucket is: a public object store over HTTPS, to be narrowed.
import type { BackupStore } from './profile.ts';

export const anyBackupStore: BackupStore = {
  peers: [{ ipBlock: { cidr: '0.0.0.0/0' } }],
  ports: [{ protocol: 'TCP', port: 443 }],
};
