// The four product images: where their Dockerfile is, what it may COPY from, and which program is bundled for it.
import { images } from '../lib/names.ts';
import type { ImageName } from '../lib/names.ts';

export interface ImageDefinition {
  readonly name: ImageName;
  readonly dockerfile: string;
  /** Folder the COPY instructions are relative to. */
  readonly context: string;
  readonly bundle?: Bundle;
}

export interface Bundle {
  readonly entry: string;
  readonly outfile: string;
  /** Folders beside the entry that the program reads at run time; they lie beside the bundle too. */
  readonly assets?: readonly string[];
}

const byName: Readonly<Record<ImageName, Omit<ImageDefinition, 'name'>>> = {
  app: {
    dockerfile: 'app/Dockerfile',
    context: '.',
    bundle: {
      entry: 'app/main.ts',
      outfile: 'dist/app/main.js',
      assets: ['views', 'public', 'migrations'],
    },
  },
  operator: {
    dockerfile: 'operator/Dockerfile',
    context: '.',
    bundle: { entry: 'operator/main.ts', outfile: 'dist/operator/main.js' },
  },
  postgres: {
    dockerfile: 'k8s/images/postgres/Dockerfile',
    context: '.',
    bundle: { entry: 'operator/agent/main.ts', outfile: 'dist/postgres/agent.js' },
  },
  redis: { dockerfile: 'k8s/images/redis/Dockerfile', context: 'k8s/images/redis' },
};

export const imageDefinitions: readonly ImageDefinition[] = images.map((name) => ({ name, ...byName[name] }));
