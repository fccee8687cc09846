// A flag one can wait for: set by many, waited for by one, never lost in between.

export interface Signal {
  set(): void;
  clear(): void;
  /** Until the flag is set, `ms` have passed, or `abort` fires, whichever is first. */
  wait(ms: number, abort: AbortSignal): Promise<void>;
}

export function createSignal(): Signal {
  let isSet = false;
  let wake: (() => void) | undefined;

  function wait(ms: number, abort: AbortSignal): Promise<void> {
    if (isSet || abort.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        abort.removeEventListener('abort', done);
        wake = undefined;
        resolve();
      };
      const timer = setTimeout(done, ms);
      abort.addEventListener('abort', done);
      wake = done;
    });
  }

  return {
    set: () => {
      isSet = true;
      wake?.();
    },
    clear: () => {
      isSet = false;
    },
    wait,
  };
}
