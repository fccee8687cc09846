// Events for people (`kubectl get events`, `kubectl describe`). Best effort and bounded: an event that cannot be
// written never delays or fails a failover; the same event is written once per `repeatMs`.
import type { Api, KubeObject } from './api.ts';
import type { Clock } from './clock.ts';
import type { Logger } from './log.ts';
import { collectionPath, EVENTS } from './paths.ts';

export interface EventInput {
  readonly type: 'Normal' | 'Warning';
  /** CamelCase, what happened. */
  readonly reason: string;
  /** CamelCase, what was being done. */
  readonly action: string;
  readonly note: string;
}

export interface EventRecorder {
  record(about: KubeObject, event: EventInput): void;
}

export interface EventOptions {
  readonly api: Api;
  readonly clock: Clock;
  readonly log: Logger;
  readonly namespace: string;
  /** Reported as the event's source, e.g. "quorum.dev/operator". */
  readonly controller: string;
  readonly instance: string;
  /** @default 60000 */
  readonly repeatMs?: number;
}

const REMEMBERED = 500;
const MAX_NOTE_CHARS = 1000;

export function createEventRecorder(options: EventOptions): EventRecorder {
  const { api, clock, log, namespace, controller, instance, repeatMs = 60_000 } = options;
  const sent = new Map<string, number>();
  let counter = 0;

  const isRepeat = (key: string): boolean => {
    const now = clock.nowMs();
    const before = sent.get(key);
    if (before !== undefined && now - before < repeatMs) return true;
    if (sent.size >= REMEMBERED) sent.clear();
    sent.set(key, now);
    return false;
  };

  return {
    record: (about, event) => {
      const { name, uid } = about.metadata;
      if (isRepeat([about.kind, name, event.reason, event.note].join('/'))) return;
      counter += 1;
      const body = {
        apiVersion: 'events.k8s.io/v1',
        kind: 'Event',
        metadata: { name: `${name}.${clock.date().getTime().toString(16)}.${counter}`, namespace },
        eventTime: clock.date().toISOString().replace('Z', '000Z'),
        type: event.type,
        reason: event.reason,
        action: event.action,
        note: event.note.slice(0, MAX_NOTE_CHARS),
        reportingController: controller,
        reportingInstance: instance,
        regarding: { apiVersion: about.apiVersion, kind: about.kind, name, namespace, uid },
      };
      api.request('POST', collectionPath(EVENTS, namespace), { body }).catch((error: unknown) => {
        log.warn({ reason: event.reason, error: String(error) }, 'event not written');
      });
    },
  };
}
