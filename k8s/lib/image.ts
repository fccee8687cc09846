// Image references: registry/product/name:tag. IfNotPresent, although three linters want Always: tags are content
// hashes, and images loaded into kind's nodes exist in no registry.
import type { Profile } from '../profiles/profile.ts';
import { productName } from './names.ts';
import type { ImageName } from './names.ts';

export function image(profile: Profile, name: ImageName): { image: string; imagePullPolicy: string } {
  return {
    image: `${profile.registry}/${productName}/${name}:${profile.tags[name]}`,
    imagePullPolicy: 'IfNotPresent',
  };
}
