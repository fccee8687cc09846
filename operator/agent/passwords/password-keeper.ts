// Keeps a member at the newest passwords: whoever follows dials with them, and a primary makes its roles have them. The
// fingerprint that it reports is of what is in force here, so that the operator sees who is behind.
import { setTimeout as sleep } from 'node:timers/promises';
import { writePassfile } from '../config-files.ts';
import type { Machine } from '../state.ts';
import { fingerprintOf, keepPushed, knownPasswords, noteMounted } from './known-passwords.ts';
import type { Passwords } from './known-passwords.ts';
import { setPasswords } from './set-passwords.ts';

export interface PasswordKeeper {
  /** Takes what the operator read from the Secret. */
  take(passwords: Passwords): void;
  /** Of what is in force on this member; null until something is. */
  fingerprint(): string | null;
  /** Resolves when `signal` says so. */
  run(signal: AbortSignal): Promise<void>;
}

const LOOK_MS = 500;
/** What somebody changed by hand in the database is put right this often. */
const AGAIN_MS = 60_000;

export function createPasswordKeeper(machine: Machine): PasswordKeeper {
  return new Keeper(machine);
}

class Keeper implements PasswordKeeper {
  readonly #machine: Machine;
  #inForce: string | null = null;
  #dialledWith = '';
  #setKey = '';
  #setAtMs = 0;
  #looking: Promise<void> = Promise.resolve();

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  take(passwords: Passwords): void {
    keepPushed(this.#machine.settings, passwords);
    void this.#lookNext();
  }

  fingerprint(): string | null {
    return this.#inForce;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#lookNext();
      await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** One at a time: two would move the former passwords on twice. */
  #lookNext(): Promise<void> {
    this.#looking = this.#looking.then(() => this.#look());
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { log } = this.#machine;
    try {
      noteMounted(this.#machine.settings);
      const passwords = knownPasswords(this.#machine.settings);
      const fingerprint = fingerprintOf(passwords);
      this.#dialWith(passwords, fingerprint);
      const { record, settled, process } = this.#machine;
      if (record.role === 'primary') {
        if (!settled || !process.alive()) return;
        await this.#setIfDue(passwords, `${record.term}/${this.#machine.bootId}/${fingerprint}`);
      }
      this.#inForce = fingerprint;
    } catch (error) {
      log.warn({ error: String(error) }, 'passwords');
    }
  }

  /** libpq reads the file at each connect. */
  #dialWith(passwords: Passwords, fingerprint: string): void {
    if (this.#dialledWith === fingerprint) return;
    writePassfile(this.#machine.settings, passwords['replication-password']);
    this.#dialledWith = fingerprint;
  }

  async #setIfDue(passwords: Passwords, key: string): Promise<void> {
    const isFresh = performance.now() - this.#setAtMs < AGAIN_MS;
    if (this.#setKey === key && isFresh) return;
    const changed = await setPasswords(this.#machine.settings, passwords);
    this.#setKey = key;
    this.#setAtMs = performance.now();
    if (changed.length > 0) this.#machine.log.info({ roles: changed }, 'passwords changed');
  }
}
