// Certificates for servers on loopback, as the operator issues them in a cluster, in a folder that looks like the
// mounted Secret.
import { chown, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthority, issue } from '../../operator/runtime/x509.ts';
import type { KeyPair } from '../../operator/runtime/x509.ts';

export interface TestCertificates {
  readonly folder: string;
  /** Whom to trust. */
  readonly ca: string;
  /** Replaces the certificate by a new one of the same authority, as kubelet does: in one step. */
  renew(): Promise<void>;
}

const DAY_MS = 86_400_000;

export const validity = () => ({ fromMs: Date.now() - DAY_MS, untilMs: Date.now() + DAY_MS });

/** `gid`: the group that may read the key; servers that drop root's rights need it. */
export async function writeCertificates(
  folder: string,
  names: readonly string[],
  gid?: number,
): Promise<TestCertificates> {
  await mkdir(folder, { recursive: true });
  const authority = await createAuthority('loopback', validity());
  const put = async (file: string, text: string): Promise<void> => {
    const fresh = join(folder, `.${file}`);
    await writeFile(fresh, text, { mode: gid === undefined ? 0o600 : 0o640 });
    if (gid !== undefined) await chown(fresh, 0, gid);
    await rename(fresh, join(folder, file));
  };
  const renew = async (): Promise<void> => {
    const leaf: KeyPair = await issue(authority, [...names, '127.0.0.1'], validity());
    await put('tls.key', leaf.key);
    await put('tls.crt', leaf.cert);
  };
  await put('ca.crt', authority.cert);
  await renew();
  return { folder, ca: authority.cert, renew };
}
