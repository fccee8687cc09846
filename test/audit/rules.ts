// What makes a dependency unacceptable: a known advisory that nobody has accepted, contents that nothing vouches for,
// a version that may change by itself, a script that runs at installation without anybody having looked at it.
import * as z from 'zod';

const advisory = z.object({ url: z.string(), title: z.string(), severity: z.string() });

/** The part of `npm audit --json` that counts. */
export const auditReport = z.object({
  vulnerabilities: z.record(
    z.string(),
    z.object({ name: z.string(), via: z.array(z.union([z.string(), advisory])) }),
  ),
});
export type AuditReport = z.infer<typeof auditReport>;

export const acceptedSchema = z.object({
  /** Advisories that do not concern us: why, and until when they may stay here (YYYY-MM-DD). */
  advisories: z.array(z.object({ url: z.string(), reason: z.string().min(10), until: z.iso.date() })),
  /** Packages, or beginnings of their names, whose installation script was read. */
  installScripts: z.array(z.string()),
});
export type Accepted = z.infer<typeof acceptedSchema>;

const SERIOUS = new Set(['high', 'critical']);

/** Advisories that are serious and not accepted on that day, as sentences. */
export function advisoryProblems(report: AuditReport, accepted: Accepted, today: string): string[] {
  const fine = new Set(accepted.advisories.filter(({ until }) => until >= today).map(({ url }) => url));
  return Object.values(report.vulnerabilities).flatMap(({ name, via }) =>
    via
      .filter((one) => typeof one !== 'string')
      .filter(({ severity, url }) => SERIOUS.has(severity) && !fine.has(url))
      .map(({ severity, title, url }) => `${name}: ${severity}: ${title} (${url})`),
  );
}

export const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      integrity: z.string().optional(),
      inBundle: z.boolean().optional(),
      hasInstallScript: z.boolean().optional(),
    }),
  ),
});
export type LockFile = z.infer<typeof lockFile>;

const nameOf = (path: string): string => path.split('node_modules/').at(-1) ?? path;

export function lockProblems(lock: LockFile, accepted: Accepted): string[] {
  return Object.entries(lock.packages)
    .filter(([path]) => path !== '')
    .flatMap(([path, { integrity, inBundle, hasInstallScript }]) => {
      const name = nameOf(path);
      const known = accepted.installScripts.some((one) =>
        one.endsWith('/') ? name.startsWith(one) : name === one,
      );
      return [
        ...(integrity === undefined && inBundle !== true
          ? [`${path}: no integrity in package-lock.json`]
          : []),
        ...(hasInstallScript === true && !known
          ? [`${path}: runs a script when installed; read it first`]
          : []),
      ];
    });
}

export const manifest = z.object({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
});

export function rangeProblems({ dependencies, devDependencies }: z.infer<typeof manifest>): string[] {
  return Object.entries({ ...dependencies, ...devDependencies })
    .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    .map(([name, version]) => `${name}: "${version}" is not one exact version`);
}
