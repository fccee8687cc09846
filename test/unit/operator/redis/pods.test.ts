// What the operator makes of pods that do not run: words for people, and the few whose object it deletes.
import { expect } from 'chai';
import { decide } from '../../../../operator/redis/decide.ts';
import { fateOf } from '../../../../operator/redis/fate.ts';
import type { PodObject } from '../../../../operator/redis/rollout.ts';
import { stuckPod } from '../../../../operator/redis/stuck.ts';
import { situation } from './situations.ts';
import type { Situation } from './situations.ts';

const pod = (status: PodObject['status'] = {}, name = 'redis-1'): PodObject => ({
  metadata: { name },
  status,
});

describe('what Kubernetes says of a pod that does not answer', () => {
  it('is nothing while its container runs', () => {
    expect(fateOf(pod({ containerStatuses: [{ state: { running: {} } }] }))).to.equal(undefined);
  });

  it('is that there is none', () => {
    expect(fateOf(undefined)).to.equal('has no pod');
  });

  it('is why it cannot be scheduled', () => {
    const conditions = [{ type: 'PodScheduled', status: 'False', message: '0/4 nodes are available' }];
    expect(fateOf(pod({ conditions }))).to.equal('cannot be scheduled: 0/4 nodes are available');
  });

  it('is the last thing its container said, also while it waits for the next start', () => {
    const lastState = { terminated: { reason: 'Error', message: 'starting\nthe data cannot be loaded\n' } };
    const containerStatuses = [{ state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState }];
    expect(fateOf(pod({ containerStatuses }))).to.equal('its container ended: the data cannot be loaded');
  });

  it('is what it waits for when it never ran', () => {
    const waiting = { reason: 'ImagePullBackOff', message: 'no such image' };
    expect(fateOf(pod({ containerStatuses: [{ state: { waiting } }] }))).to.equal(
      'its container waits: ImagePullBackOff (no such image)',
    );
  });
});

describe('a pod that should have ended long ago', () => {
  const nowMs = Date.parse('2026-01-01T00:10:00Z');
  const terminating = (name: string, secondsAgo: number): PodObject => ({
    metadata: { name, deletionTimestamp: new Date(nowMs - secondsAgo * 1_000).toISOString() },
  });
  const online = { online: true, offset: 1000 };
  const released = (one: PodObject, given: Situation): string | undefined => {
    const observed = situation({
      ...given,
      members: { 'redis-0': { replicas: [{ ...online, address: '10.0.1.3' }] }, ...given.members },
    });
    const verdict = decide(observed, { term: 3, switchTo: undefined });
    return stuckPod({ pods: [one], observed, verdict, nowMs })?.metadata.name;
  };

  it('is released when it is silent and the master still has a replica', () => {
    expect(released(terminating('redis-1', 60), { members: { 'redis-1': 'unreachable' } })).to.equal(
      'redis-1',
    );
    expect(released(terminating('sentinel-2', 60), { sentinels: { 'sentinel-2': 'mute' } })).to.equal(
      'sentinel-2',
    );
  });

  it('is left alone while its kubelet may still be at it', () => {
    expect(released(terminating('redis-1', 10), { members: { 'redis-1': 'unreachable' } })).to.equal(
      undefined,
    );
  });

  it('is left alone when it answers', () => {
    expect(released(terminating('redis-1', 60), {})).to.equal(undefined);
  });

  it('is left alone when the set is not whole without it', () => {
    const alone = {
      'redis-0': { replicas: [] },
      'redis-1': 'unreachable',
      'redis-2': 'unreachable',
    } as const;
    expect(released(terminating('redis-1', 60), { members: alone })).to.equal(undefined);
    const minority = { 'sentinel-1': 'mute', 'sentinel-2': 'mute' } as const;
    expect(released(terminating('sentinel-2', 60), { sentinels: minority })).to.equal(undefined);
  });

  it('is left alone when it is the master', () => {
    expect(released(terminating('redis-0', 60), { members: { 'redis-0': 'unreachable' } })).to.equal(
      undefined,
    );
  });
});
