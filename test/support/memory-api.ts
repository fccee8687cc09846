// A small API server in memory, for controllers' unit tests: objects by path, resource versions, conflicts on
// stale writes, merge patch, apply, and watches. It knows nothing about kinds.
import { ApiError } from '../../operator/runtime/api.ts';
import type { Api, CallOptions, KubeObject, WatchOptions } from '../../operator/runtime/api.ts';

type Json = Record<string, unknown>;

export interface MemoryApi extends Api {
  /** Puts an object at its path, as somebody else would, and tells the watchers. */
  put(path: string, object: object): void;
  get(path: string): KubeObject | undefined;
  delete(path: string): void;
  /** Every write so far, as "METHOD path". */
  readonly writes: string[];
  /** When set, every call fails with this status (0: as if the server were silent). */
  failWith: number | null;
}

export function createMemoryApi(): MemoryApi {
  return new Memory();
}

const merge = (base: unknown, patch: unknown): unknown => {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result: Json = typeof base === 'object' && base !== null ? { ...(base as Json) } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(result, key);
    else result[key] = merge(result[key], value);
  }
  return result;
};

class Memory implements MemoryApi {
  readonly writes: string[] = [];
  failWith: number | null = null;
  readonly #objects = new Map<string, KubeObject>();
  readonly #watches = new Map<string, Set<WatchOptions['onEvent']>>();
  #version = 0;

  request<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
    try {
      if (this.failWith !== null) throw new ApiError(`${method} ${path}: made to fail`, this.failWith);
      return Promise.resolve(structuredClone(this.#answer(method, path, options)) as T);
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  watch(path: string, { onEvent, signal }: WatchOptions): Promise<void> {
    const watchers = this.#watches.get(path) ?? new Set();
    this.#watches.set(path, watchers.add(onEvent));
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        watchers.delete(onEvent);
        resolve();
      });
    });
  }

  close(): void {
    this.#objects.clear();
  }

  put(path: string, object: object): void {
    this.#store(path, object);
  }

  get(path: string): KubeObject | undefined {
    return this.#objects.get(path);
  }

  delete(path: string): void {
    const object = this.#objects.get(path);
    this.#objects.delete(path);
    if (object) this.#tell('DELETED', path, object);
  }

  #answer(method: string, path: string, options: CallOptions): unknown {
    if (method === 'GET') return this.#read(path);
    this.writes.push(`${method} ${path}`);
    const body = (options.body ?? {}) as Json;
    if (method === 'POST') return this.#create(path, body);
    if (method === 'DELETE') {
      this.delete(path);
      return undefined;
    }
    return this.#update(method, path, options, body);
  }

  #update(method: string, path: string, options: CallOptions, body: Json): KubeObject {
    const target = path.replace(/\/status$/, '');
    const known = this.#objects.get(target);
    const isApply = options.contentType?.startsWith('application/apply-patch') === true;
    if (!known && !isApply) throw new ApiError(`${method} ${path}: 404 not found`, 404);
    const wanted = (body.metadata as { resourceVersion?: string } | undefined)?.resourceVersion;
    if (known && wanted !== undefined && wanted !== known.metadata.resourceVersion) {
      throw new ApiError(`${method} ${path}: 409 changed in between`, 409);
    }
    return this.#store(target, method === 'PUT' ? body : (merge(known, body) as object));
  }

  #read(path: string): unknown {
    const known = this.#objects.get(path);
    if (known) return known;
    if (path.split('/').length % 2 === (path.startsWith('/api/') ? 0 : 1)) {
      const items = [...this.#objects]
        .filter(([key]) => key.startsWith(`${path}/`))
        .map(([, value]) => value);
      return { metadata: { resourceVersion: String(this.#version) }, items };
    }
    throw new ApiError(`GET ${path}: 404 not found`, 404);
  }

  #create(path: string, body: Json): KubeObject {
    const target = `${path}/${(body as unknown as KubeObject).metadata.name}`;
    if (this.#objects.has(target)) throw new ApiError(`POST ${path}: 409 exists`, 409);
    return this.#store(target, body);
  }

  #store(path: string, object: object): KubeObject {
    this.#version += 1;
    const stored = structuredClone(object) as KubeObject;
    const known = this.#objects.has(path);
    const metadata = { ...stored.metadata, resourceVersion: String(this.#version) };
    const complete = { ...stored, metadata };
    this.#objects.set(path, complete);
    this.#tell(known ? 'MODIFIED' : 'ADDED', path, complete);
    return complete;
  }

  #tell(type: 'ADDED' | 'MODIFIED' | 'DELETED', path: string, object: KubeObject): void {
    const collection = path.slice(0, path.lastIndexOf('/'));
    const watchers = this.#watches.get(collection) ?? [];
    for (const onEvent of watchers) onEvent({ type, object: structuredClone(object) });
  }
}
