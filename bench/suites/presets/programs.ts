/** The examples, at the sizes that they have by default. */
export const programs = ['zlib-burst', 'retained-buffers', 'worker-rounds'] as const;
export type Program = (typeof programs)[number];

/**
 * How long each rests before what is resident counts as given back; docs/presets.md says so of its
 * figures. By themselves they rest for 5 seconds, which is as long as the preset `balanced` of
 * jemalloc takes to give pages back (`dirty_decay_ms`).
 */
export const idleSeconds: Readonly<Record<Program, number>> = {
  'zlib-burst': 12,
  'retained-buffers': 8,
  'worker-rounds': 8,
};

/** What an example prints with ALLOMORPH_EXAMPLE_JSON=1; examples/support.mjs. */
export interface ExampleReport {
  readonly name: string;
  readonly allocator: {
    readonly name: string;
    readonly version: string | null;
    readonly library: string | null;
    readonly options: Readonly<Record<string, number | string | boolean>> | null;
  };
  readonly done: string;
  /** Of the work, without the idle time. */
  readonly seconds: number;
  /** User and system, of the work and the idle time. */
  readonly cpuSeconds: number;
  /** Bytes. */
  readonly resident: { readonly start: number; readonly peak: number; readonly idle: number };
}
