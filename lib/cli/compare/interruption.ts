import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interruption {
  readonly signal: AbortSignal;
  /** What to exit with; undefined: nothing interrupted it. */
  status(): number | undefined;
  /** Signals do again what they do by default. */
  end(): void;
}

/** Turns the first signal into an abort; the second one ends this process at once. */
export function interruption(): Interruption {
  const controller = new AbortController();
  let status: number | undefined;
  const onSignal = (name: (typeof signals)[number]) => {
    // The supervisor ends the program and all its descendants when we are gone.
    if (status !== undefined) process.exit(status);
    status = 128 + constants.signals[name];
    controller.abort();
  };
  for (const name of signals) process.on(name, onSignal);
  return {
    signal: controller.signal,
    status: () => status,
    end: () => {
      for (const name of signals) process.off(name, onSignal);
    },
  };
}
